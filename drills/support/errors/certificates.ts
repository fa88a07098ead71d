import { copyFile, readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { type CertificateFiles, makeCertificate } from '../certificate.ts'
import { testServer } from '../test-server.ts'
import { type Case, type Stage, sqlOf } from './fixture.ts'

/** Puts other certificate files where the engine reads them, and back at the end of the case. */
const serve = async ({ run, tls, folder, cleanUp }: Stage, files: CertificateFiles) => {
  const kept = { cert: `${folder}/kept.pem`, key: `${folder}/kept.key` }
  const put = async (from: CertificateFiles) => {
    await copyFile(from.cert, tls.cert)
    await copyFile(from.key, tls.key)
    await run('ALTER INSTANCE RELOAD TLS;')
  }
  await copyFile(tls.cert, kept.cert)
  await copyFile(tls.key, kept.key)
  cleanUp(() => put(kept))
  await put(files)
}

const read = async ({ cert, key }: CertificateFiles) => ({
  cert: await readFile(cert, 'utf8'),
  key: await readFile(key, 'utf8'),
})

const host = 'localhost'

export const certificateCases: Readonly<Record<string, Case>> = {
  HANDSHAKE_NO_SSL_SUPPORT: async ({ connect, fails }) => {
    // The server of the other unit tests has no certificate.
    const { address } = testServer()
    const plain = { host, port: address.port, database: 'mysql' }
    await fails(connect({ ...plain, tls: {} }))
    await connect(plain)
  },

  '3159': async ({ connect, fails, cleanUp, tls }) => {
    const secure = { host, tls: { ca: tls.ca } }
    const own = await connect(secure)
    cleanUp(() => own.run('SET GLOBAL require_secure_transport = OFF'))
    await own.run('SET GLOBAL require_secure_transport = ON')
    await fails(connect())
    await connect(secure)
  },

  'HANDSHAKE_SSL_ERROR.self-signed': async ({ connect, fails, folder, tls }) => {
    await fails(connect({ host, tls: {} }), { server: host })
    const other = await makeCertificate(folder, host, { name: 'other' })
    await fails(connect({ host, tls: { ca: (await read(other)).cert } }))
    await connect({ host, tls: { ca: tls.ca } })
  },

  'HANDSHAKE_SSL_ERROR.unknown-authority': async (stage) => {
    const authority = await read(await makeCertificate(stage.folder, 'authority', {}))
    await serve(stage, await makeCertificate(stage.folder, host, { authority, name: 'signed' }))
    await stage.fails(stage.connect({ host, tls: {} }))
    await stage.connect({ host, tls: { ca: authority.cert } })
  },

  'HANDSHAKE_SSL_ERROR.expired': async (stage) => {
    const notAfter = new Date(Date.now() - 86_400_000)
    const old = await makeCertificate(stage.folder, host, { notAfter, name: 'old' })
    await serve(stage, old)
    const trusted = async (files: CertificateFiles) => ({ host, tls: { ca: (await read(files)).cert } })
    const remedy = await stage.fails(stage.connect(await trusted(old)))
    const fresh = await makeCertificate(stage.folder, host, { name: 'fresh' })
    await copyFile(fresh.cert, stage.tls.cert)
    await copyFile(fresh.key, stage.tls.key)
    await stage.run(sqlOf(remedy, 1))
    await stage.connect(await trusted(fresh))
  },

  'HANDSHAKE_SSL_ERROR.name': async (stage) => {
    const files = await makeCertificate(stage.folder, 'db.example.com')
    await serve(stage, files)
    const remedy = await stage.fails(stage.connect({ host, tls: { ca: (await read(files)).cert } }), {
      server: host,
      port: '4000',
    })
    expect(remedy[0]?.command).toContain('-connect localhost:4000 -servername localhost')
  },
}
