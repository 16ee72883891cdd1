// Makes the certificates of the tests, fresh in each run.
import { generate } from 'selfsigned'

const DAY_MS = 86_400_000

export interface Certificate {
  readonly key: string
  readonly cert: string
}

export async function authority(name: string): Promise<Certificate> {
  return make(name, { cA: true, days: [-1, 30] })
}

interface Wish {
  readonly days?: readonly [from: number, to: number]
  readonly names?: readonly string[]
  readonly uses?: { serverAuth?: boolean; clientAuth?: boolean }
}

export async function issue(ca: Certificate, wish: Wish = {}): Promise<Certificate> {
  return make('member', { cA: false, ca, ...wish })
}

async function make(
  name: string,
  { cA, ca, days = [-1, 30], names = [], uses }: Wish & { cA: boolean; ca?: Certificate },
): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + days[0] * DAY_MS),
    notAfterDate: new Date(Date.now() + days[1] * DAY_MS),
    ...(ca ? { ca } : {}),
    extensions: [
      { name: 'basicConstraints', cA, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: cA, cRLSign: cA },
      ...(uses ? [{ name: 'extKeyUsage' as const, ...uses }] : []),
      ...(names.length > 0
        ? [
            {
              name: 'subjectAltName' as const,
              altNames: names.map((value) => ({ type: 2 as const, value })),
            },
          ]
        : []),
    ],
  })
  return { key: made.private, cert: made.cert }
}
