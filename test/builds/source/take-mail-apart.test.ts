/** Mails as RFC 2045 to 2047 and 2822 have them, and what is read of them: bytes, as letters of Latin-1. */
import { expect, it } from 'vitest'
import { takeMailApart } from '../../../builds/source/take-mail-apart.ts'
import type { MailPart } from '../../../domain/patches/mail.ts'

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64').replaceAll(/.{76}/g, '$&\n')
const plain = (text: string): MailPart => ({ type: 'text/plain', text })
const head = 'From: A <a@x>\nSubject: x\n'
const multipart = (...parts: string[]) =>
  `${head}Content-Type: multipart/mixed; boundary="=_b"\n\npreamble\n${parts.map((part) => `--=_b\n${part}\n`).join('')}--=_b--\nepilogue\n`

it.each<[what: string, mail: string, parts: MailPart[]]>([
  ['no header of MIME', `${head}\none\ntwo\n`, [plain('one\ntwo\n')]],
  ['bytes of any charset', `${head}Content-Type: text/plain; charset=utf-8\n\n+\xe9\xff\n`, [plain('+\xe9\xff\n')]],
  [
    'base64',
    `${head}Content-Transfer-Encoding: base64\n\n${base64('+one\r\n+t\xc3\xa9o\r\n'.repeat(9))}\n`,
    [plain('+one\r\n+t\xc3\xa9o\r\n'.repeat(9))],
  ],
  [
    'quoted-printable',
    `${head}Content-Transfer-Encoding: Quoted-Printable\n\n+a =3D =\nb=20\n+=C3=A9=0D\n`,
    [plain('+a = b \n+\xc3\xa9\r\n')],
  ],
  [
    'quoted-printable with CR LF',
    `${head}Content-Transfer-Encoding: quoted-printable\n\n+a=\n b\n+c=0D\n`.replaceAll('\n', '\r\n'),
    [plain('+a b\n+c\r\n')],
  ],
  ['CR LF', `${head}\none\ntwo\n`.replaceAll('\n', '\r\n'), [plain('one\ntwo\n')]],
  ['a CR of the file’s own', `${head}\n@@ -1 +1 @@\n-one\r\n+two\r\n`, [plain('@@ -1 +1 @@\n-one\r\n+two\r\n')]],
  [
    'a footer of the list',
    multipart('Content-Type: text/plain\n\none\n', 'Content-Type: text/plain\n\n____\nlist\n'),
    [plain('one\n'), plain('____\nlist\n')],
  ],
  [
    'an attachment in base64',
    multipart(
      '\nHi\n',
      `Content-Type: application/octet-stream; name="0001-x.patch"\nContent-Transfer-Encoding: base64\n\n${base64('+one\n')}`,
    ),
    [plain('Hi\n'), { type: 'application/octet-stream', text: '+one\n' }],
  ],
  [
    'a signature and a picture',
    multipart(
      '\none\n',
      'Content-Type: application/pgp-signature; name="signature.asc"\n\nxx',
      'Content-Type: image/png; name=a.png\n\nxx',
    ),
    [plain('one\n')],
  ],
  ['a mail within', multipart('\none\n', 'Content-Type: message/rfc822\n\nSubject: y\n\ntwo\n'), [plain('one\n')]],
  ['HTML', `${head}Content-Type: text/html\n\n<p>\n`, [{ type: 'text/html', text: '<p>\n' }]],
  [
    'format=flowed',
    `${head}Content-Type: text/plain; format=flowed; delsp=yes\n\na \nb\n`,
    [{ ...plain('a \nb\n'), flowed: { deleteSpace: true } }],
  ],
  [
    'format=flowed without DelSp',
    `${head}Content-Type: text/plain;\n\tcharset="us-ascii"; Format="Flowed"\n\na \nb\n`,
    [{ ...plain('a \nb\n'), flowed: { deleteSpace: false } }],
  ],
])('a mail has parts: %s', async (_what, mail, parts) => {
  expect((await takeMailApart(mail)).parts).toEqual(parts)
})

it('the header says who wrote what, and in answer to which mails', async () => {
  const mail =
    'From: =?UTF-8?q?=C3=84?= <a@x>\nSubject: [PATCH v2 1/2] =?UTF-8?q?a=20very=20l?=\n =?UTF-8?q?ong=20=C3=A4?=\nMessage-ID: <2@x>\nIn-Reply-To: <1@x>\nReferences: <0@x>\n <1@x>\n\n'
  expect(await takeMailApart(mail)).toEqual({
    subject: '[PATCH v2 1/2] a very long ä',
    from: 'Ä <a@x>',
    id: '<2@x>',
    references: ['<0@x>', '<1@x>', '<1@x>'],
    parts: [plain('')],
  })
})

it.each([
  ['', 'x'],
  ['Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n', 'a folded\n subject'],
  ['References: <0@x>\n <1@x>\nIn-Reply-To: <1@x>\nMessage-Id: <2@x>\n', '[PATCH 1/2] x'],
])('a mail in which nothing is encoded is read as any other is: %j', async (more, subject) => {
  const mail = `From: A <a@x>\n${more}Subject: ${subject}\n\n+one \n\xe9\n`
  // A field that makes no difference has it read by the library.
  expect(await takeMailApart(mail)).toEqual(await takeMailApart(`X-Other: =?us-ascii?q?x?=\n${mail}`))
})
