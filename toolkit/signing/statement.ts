import * as v from 'valibot'

/** What every statement that cosign verified has: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
const Envelope = v.object({ payloadType: v.literal('application/vnd.in-toto+json'), payload: v.string() })
const Statement = v.object({
  predicateType: v.string(),
  subject: v.pipe(v.array(v.object({ digest: v.object({ sha256: v.string() }) })), v.minLength(1)),
  predicate: v.optional(v.unknown()),
})
export type Statement = v.InferOutput<typeof Statement>

/** Those of this type about this digest, of what cosign printed, one envelope a line. It checked both; two lines of ours check it. */
export function readStatements(stdout: string, type: string, digest: string): Statement[] {
  return stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => {
      const { payload } = v.parse(Envelope, JSON.parse(line))
      return v.parse(Statement, JSON.parse(Buffer.from(payload, 'base64').toString()))
    })
    .filter(
      ({ predicateType, subject }) =>
        predicateType === type && subject.some(each => `sha256:${each.digest.sha256}` === digest),
    )
}
