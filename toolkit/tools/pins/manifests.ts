import type { Pin } from '../pin.ts'
import { plainRelease } from '../releases.ts'

/** What renders charts and overlays, and judges what comes out. */
export const manifestPins: readonly Pin[] = [
  {
    name: 'helm',
    folder: 'helm',
    package: 'helm.sh/helm/v4/cmd/helm',
    module: 'helm.sh/helm/v4',
    release: plainRelease,
    stamps: version => [`helm.sh/helm/v4/internal/version.version=${version}`],
    asks: ['version', '--short'],
    without: '`./fairlead check` cannot look at the charts.',
  },
  {
    name: 'kubeconform',
    folder: 'kubeconform',
    package: 'github.com/yannh/kubeconform/cmd/kubeconform',
    module: 'github.com/yannh/kubeconform',
    release: plainRelease,
    stamps: version => [`main.version=${version}`],
    asks: ['-v'],
    without: '`./fairlead check` cannot hold what the charts render to schemas.',
  },
  {
    name: 'cyclonus',
    folder: 'cyclonus',
    package: '.',
    module: 'github.com/mattfenwick/cyclonus',
    release: plainRelease,
    stamps: version => [`main.version=${plainRelease(version)}`],
    without: '`./fairlead check` has nobody to ask whether it reads network policies right.',
  },
  {
    name: 'kustomize',
    folder: 'kustomize',
    package: 'sigs.k8s.io/kustomize/kustomize/v5',
    module: 'sigs.k8s.io/kustomize/kustomize/v5',
    release: plainRelease,
    stamps: version => [`sigs.k8s.io/kustomize/api/provenance.version=${version}`],
    asks: ['version'],
    without: '`./fairlead manifests` cannot build what flux/ holds.',
  },
]
