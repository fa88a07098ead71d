import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** Files of a certificate that is good for `host`, signed by itself: it is its own authority. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** Makes a certificate for a host name in a folder. */
export const makeCertificate = async (folder: string, host: string): Promise<CertificateFiles> => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
    ],
  })
  const files = { cert: join(folder, `${host}.pem`), key: join(folder, `${host}.key`) }
  await writeFile(files.cert, cert)
  await writeFile(files.key, key, { mode: 0o600 })
  return files
}
