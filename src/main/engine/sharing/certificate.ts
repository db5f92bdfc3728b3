import { createHash, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import type { Clock } from '../spec/clock.ts'
import type { SecretVault } from '../spec/secret-vault.ts'
import type { DocumentsStore } from '../storage/index.ts'

/** The certificate of this instance. `key` is PEM and never leaves the engine but to the listener. */
export interface InstanceCertificate {
  key: string
  cert: string
  /** SHA-256, upper-case hex with colons, as browsers show it. */
  fingerprint: string
  /** Epoch ms. */
  expiresAt: number
}

const DOCUMENT = 'sharing-certificate'
const KEY_NAME = 'sharing-certificate-key'
/** The longest that Apple's devices accept of a certificate made by hand. */
const DAYS = 825
/** A new one is made this long before the old one ends. */
const RENEW_MS = 30 * 86_400_000

/**
 * The certificate, made at first use and kept: people compare its fingerprint once, so it must not change with every
 * new address. The key is sealed in the vault, the certificate itself is public.
 */
export async function instanceCertificate(
  parts: { documents: DocumentsStore; vault: SecretVault; clock: Clock },
  names: readonly string[],
): Promise<InstanceCertificate> {
  const { documents, vault, clock } = parts
  const stored = z.object({ cert: z.string() }).safeParse(documents.get(DOCUMENT))
  const key = stored.success ? await vault.get(KEY_NAME) : null
  if (stored.success && key !== null) {
    const known = read(key, stored.data.cert)
    if (known !== null && known.expiresAt - clock.now() > RENEW_MS) return known
  }
  // Large, and most never share.
  const { generate } = await import('selfsigned')
  const made = await generate([{ name: 'commonName', value: 'Switchyard' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(clock.now() - 86_400_000),
    notAfterDate: new Date(clock.now() + DAYS * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: ['localhost', '127.0.0.1', ...names].map((name) =>
          isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name },
        ),
      },
    ],
  })
  await vault.set(KEY_NAME, made.private)
  documents.save(DOCUMENT, { cert: made.cert }, clock.now())
  const fresh = read(made.private, made.cert)
  if (fresh === null) throw new Error('the certificate that was just made cannot be read')
  return fresh
}

function read(key: string, cert: string): InstanceCertificate | null {
  try {
    const parsed = new X509Certificate(cert)
    const digest = createHash('sha256').update(parsed.raw).digest('hex').toUpperCase()
    return { key, cert, fingerprint: digest.match(/../g)?.join(':') ?? '', expiresAt: Date.parse(parsed.validTo) }
  } catch {
    // Not a certificate any more: the same as none.
    return null
  }
}
