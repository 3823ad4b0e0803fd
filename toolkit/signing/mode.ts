/** Where a signature is to be made, as far as that decides how. */
export type Place = {
  where: 'laptop' | 'actions'
  /** https://github.com, or where GitHub Enterprise Server is. */
  server: string
  visibility: 'public' | 'private' | 'internal'
  owner: 'user' | 'organization'
  /** The event is a pull request of another repository: GitHub then gives neither secrets nor an identity. */
  fork: boolean
  /** ACTIONS_ID_TOKEN_REQUEST_URL is there, because the job has `id-token: write`. */
  hasToken: boolean
  /** COSIGN_PRIVATE_KEY is there. */
  hasKey: boolean
  /** `.github/keys` has public keys: then verifiers want signatures by key. */
  hasPublicKeys: boolean
  /** SIGSTORE_SIGNING_CONFIG is there: signatures go to a Sigstore of one's own. */
  hasSigstore: boolean
  /** SIGNING, when somebody decided. */
  wanted: 'keyless' | 'key' | 'off' | undefined
}

/** `off` is a step that is skipped; `why` is then what to do about it, and otherwise why it is this one. */
export type Mode = { kind: 'keyless' | 'key' | 'off'; why: string }

const keyHelp = '`./fairlead sign --make-keys` makes them and says where they go'

/** How to sign here. Throws where what was asked for cannot be. */
export function chooseMode(place: Place): Mode {
  const { wanted, fork, hasKey, hasPublicKeys } = place
  if (wanted === 'off') return { kind: 'off', why: 'SIGNING=off: nothing is signed, so no environment takes it' }
  if (fork)
    return {
      kind: 'off',
      why: 'a pull request of a fork gets no secrets and no identity from GitHub: nothing is signed',
    }
  if (wanted === 'keyless') return keyless(place)
  if (wanted === 'key' || hasKey || hasPublicKeys) return byKey(place)
  if (place.where === 'laptop')
    return {
      kind: 'off',
      why: `a laptop has no identity to sign with; set COSIGN_PRIVATE_KEY to sign by key (${keyHelp})`,
    }
  return inActions(place)
}

/** How a job that has all that it may have would sign here: for those who want to know before anything is built. */
export const foreseeMode = (place: Place): Mode =>
  chooseMode({ ...place, hasToken: place.where === 'actions', hasKey: place.hasKey || place.hasPublicKeys })

function keyless(place: Place): Mode {
  if (place.hasPublicKeys)
    throw new Error(
      'SIGNING=keyless, but .github/keys has public keys, which verifiers would ask for; delete them, or SIGNING',
    )
  if (place.where === 'laptop')
    throw new Error(
      'SIGNING=keyless needs an identity from GitHub Actions; on a laptop set COSIGN_PRIVATE_KEY, or SIGNING=off',
    )
  if (!place.hasToken) throw new Error(`SIGNING=keyless: ${noToken}`)
  if (isEnterpriseServer(place) && !place.hasSigstore) throw new Error(`SIGNING=keyless: ${noPublicSigstore(place)}`)
  return { kind: 'keyless', why: 'SIGNING=keyless' }
}

function byKey({ hasKey, hasPublicKeys, where }: Place): Mode {
  if (!hasKey) {
    const missing = where === 'laptop' ? 'COSIGN_PRIVATE_KEY is not set' : 'this job has no secret COSIGN_PRIVATE_KEY'
    return { kind: 'off', why: `${missing}, and signatures here are made by key (${keyHelp})` }
  }
  if (!hasPublicKeys)
    throw new Error(`COSIGN_PRIVATE_KEY is set, but .github/keys has no public key to verify with; ${keyHelp}`)
  return { kind: 'key', why: 'by key' }
}

function inActions(place: Place): Mode {
  if (isEnterpriseServer(place) && !place.hasSigstore)
    return { kind: 'off', why: `${noPublicSigstore(place)}; or sign by key: ${keyHelp}` }
  if (!isEnterpriseServer(place) && place.visibility !== 'public' && !place.hasSigstore)
    return { kind: 'off', why: notPublic(place) }
  if (!place.hasToken) return { kind: 'off', why: noToken }
  const log = place.hasSigstore ? 'the Sigstore of SIGSTORE_SIGNING_CONFIG' : "Sigstore's public log"
  return { kind: 'keyless', why: `as this workflow, in ${log}` }
}

const isEnterpriseServer = ({ server }: Place) => server !== 'https://github.com'

const noToken = 'the job may not ask GitHub for an identity; give it `permissions: id-token: write`'

const noPublicSigstore = ({ server }: Place) =>
  `the public Sigstore does not know ${server}; point SIGSTORE_SIGNING_CONFIG and SIGSTORE_TRUSTED_ROOT to the files of your own`

function notPublic({ visibility, owner }: Place): string {
  const who =
    owner === 'user'
      ? `a ${visibility} repository of a user`
      : `${visibility === 'internal' ? 'an internal' : 'a private'} repository of an organization`
  const attest = owner === 'user' ? '' : " (GitHub's own attestations need Enterprise Cloud here)"
  return (
    `${who}: a keyless signature would publish its name, its workflow and its branches in Sigstore's public log${attest}; ` +
    `sign by key (${keyHelp}), or set SIGNING=keyless if that may be public`
  )
}
