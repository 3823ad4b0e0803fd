import type { Pin } from '../pin.ts'
import { plainRelease } from '../releases.ts'

// Versions 0.69.4 to 0.69.6 were put out by somebody else (GHSA-69fq-xp46-6x23); this one is of after that, and the module's checksum
// in sum.golang.org is the same for everybody. Its own build sets the experiment.
const trivy = {
  folder: 'trivy',
  module: 'github.com/aquasecurity/trivy',
  release: plainRelease,
  stamps: (version: string) => [`github.com/aquasecurity/trivy/pkg/version/app.ver=${plainRelease(version)}`],
}

/** What the steps of the pipeline ask, and what their tests stand on. */
export const pipelinePins: readonly Pin[] = [
  {
    name: 'actionlint',
    folder: 'actionlint',
    package: 'github.com/rhysd/actionlint/cmd/actionlint',
    module: 'github.com/rhysd/actionlint',
    release: plainRelease,
    stamps: version => [`github.com/rhysd/actionlint.version=${plainRelease(version)}`],
    asks: ['-version'],
    without: '`./fairlead lint` and `./fairlead check workflows` cannot look at the workflows.',
  },
  {
    name: 'gitleaks',
    folder: 'gitleaks',
    package: 'github.com/zricethezav/gitleaks/v8',
    module: 'github.com/zricethezav/gitleaks/v8',
    release: plainRelease,
    stamps: version => [`github.com/zricethezav/gitleaks/v8/version.Version=${plainRelease(version)}`],
    asks: ['version'],
    without: '`./fairlead secrets` cannot look for keys in the commits.',
  },
  {
    name: 'crane',
    folder: 'crane',
    package: 'github.com/google/go-containerregistry/cmd/crane',
    module: 'github.com/google/go-containerregistry',
    release: plainRelease,
    stamps: version => [`github.com/google/go-containerregistry/cmd/crane/cmd.Version=${plainRelease(version)}`],
    asks: ['version'],
    without: '`./fairlead push` and every step after it cannot talk to the registry.',
  },
  {
    name: 'cosign',
    folder: 'cosign',
    package: 'github.com/sigstore/cosign/v3/cmd/cosign',
    module: 'github.com/sigstore/cosign/v3',
    release: plainRelease,
    stamps: version => [`sigs.k8s.io/release-utils/version.gitVersion=${version}`],
    asks: ['version'],
    without: '`./fairlead sign`, `verify` and `attest` cannot work, so the gate lets nothing through.',
  },
  {
    name: 'registry',
    folder: 'registry',
    package: 'github.com/distribution/distribution/v3/cmd/registry',
    module: 'github.com/distribution/distribution/v3',
    release: plainRelease,
    stamps: version => [`github.com/distribution/distribution/v3/version.version=${version}`],
    asks: ['--version'],
    without: '`./fairlead e2e pipeline` and the checks of signing have no registry to push to.',
  },
  {
    name: 'trivy',
    package: 'github.com/aquasecurity/trivy/cmd/trivy',
    ...trivy,
    experiment: 'jsonv2',
    asks: ['--version'],
    without: '`./fairlead scan` and `sbom` cannot look into images, so the gate lets nothing through.',
  },
  {
    name: 'trivy-database',
    package: './database',
    ...trivy,
    without: '`./fairlead check trivy` and `./fairlead e2e pipeline` have no database of vulnerabilities to scan with.',
  },
  {
    name: 'fulcio',
    folder: 'fulcio',
    package: 'github.com/sigstore/fulcio',
    module: 'github.com/sigstore/fulcio',
    release: plainRelease,
    stamps: version => [`sigs.k8s.io/release-utils/version.gitVersion=${version}`],
    asks: ['version'],
    without: '`./fairlead check signing` cannot ask a certificate authority for the certificates of workflows.',
  },
]
