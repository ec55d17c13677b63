import { expect, it } from 'vitest'
import { asOneOfMany, splitMailbox, type Mailbox } from '../../../domain/patches/split-mailbox.ts'

const git = 'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n'
const lore = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n'
const one = 'From: A <a@x>\nSubject: [PATCH] one\n\ntext\n'
const two = 'Return-Path: <b@x>\nFrom: B <b@x>\nSubject: two\n\ntext\n'

it.each<[what: string, text: string, mailbox: Mailbox]>([
  ['a diff', '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+y\n', { of: 'diff' }],
  ['a diff below an index', 'Index: a/x\n=====\n--- a/x\n', { of: 'diff' }],
  ['Debian’s header', 'Description: x\nAuthor: A\nForwarded: no\n\n--- a/x\n', { of: 'diff' }],
  ['nothing', '', { of: 'diff' }],
  ['one mail', one, { of: 'mail', mails: [one] }],
  ['one mail with CR LF', one.replaceAll('\n', '\r\n'), { of: 'mail', mails: [one.replaceAll('\n', '\r\n')] }],
  ['a mail of git’s', git + one, { of: 'mail', mails: [one] }],
  ['two mails', `${git}${one}\n${git}${two}`, { of: 'mbox', mails: [`${one}\n`, two] }],
  ['two mails of lore’s', `${lore}${one}\n${lore}${two}`, { of: 'mbox', mails: [`${one}\n`, two] }],
  ['a folded header', 'From: A\n <a@x>\nSubject: x\n\n', { of: 'mail', mails: ['From: A\n <a@x>\nSubject: x\n\n'] }],
  [
    'a line of a message that begins as a mail does',
    `${git}${one}From me to you at 12:00:00 in 2020\nand so on\n`,
    { of: 'mail', mails: [`${one}From me to you at 12:00:00 in 2020\nand so on\n`] },
  ],
  ['a quoted From of lore’s', `${lore}${one}>From x\n>>From y\n`, { of: 'mail', mails: [`${one}From x\n>From y\n`] }],
  ['a quote of git’s stays', `${git}${one}>From x\n`, { of: 'mail', mails: [`${one}>From x\n`] }],
])('%s', (_what, text, mailbox) => {
  expect(splitMailbox(text)).toEqual(mailbox)
})

it('mails that are put together come apart as they were', () => {
  const mails = [one, `${two}From here\n>From there\n`, git + one]
  expect(splitMailbox(mails.map(asOneOfMany).join(''))).toEqual({ of: 'mbox', mails: [mails[0], mails[1], one] })
})
