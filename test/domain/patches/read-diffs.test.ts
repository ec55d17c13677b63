import { expect, it } from 'vitest'
import { readDiffs, textOf } from '../../../domain/patches/read-diffs.ts'

const head = '--- a/drivers/a.c\n+++ b/drivers/a.c\n'
const hunk = '@@ -1,3 +1,3 @@ int x\n one\n-two\n+2\n three\n'

it.each<[what: string, text: string, files: string[], diffs: string]>([
  ['a diff alone', head + hunk, ['drivers/a.c'], head + hunk],
  ['text around it', `Hi,\n\n- a list\n---\n a.c | 2 +-\n\n${head}${hunk}-- \n2.39.5\n`, ['drivers/a.c'], head + hunk],
  ['an indented diff', `${head}${hunk}`.replaceAll(/^/gm, '  '), [], ''],
  [
    'two hunks',
    head + hunk + hunk.replace('-1,3 +1,3', '-9,3 +9,3'),
    ['drivers/a.c'],
    head + hunk + hunk.replace('-1,3 +1,3', '-9,3 +9,3'),
  ],
  [
    'a file that comes',
    `diff --git a/n b/n\nnew file mode 100644\nindex 0000000..0cfbf08\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n`,
    ['n'],
    `diff --git a/n b/n\nnew file mode 100644\nindex 0000000..0cfbf08\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n`,
  ],
  [
    'a file that goes',
    `diff --git a/n b/n\ndeleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`,
    ['n'],
    `diff --git a/n b/n\ndeleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`,
  ],
  [
    'a file that moves',
    'diff --git a/o b/n\nsimilarity index 100%\nrename from o\nrename to n\n',
    ['n'],
    'diff --git a/o b/n\nsimilarity index 100%\nrename from o\nrename to n\n',
  ],
  [
    'no newline at the end',
    `--- a/n\n+++ b/n\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n\nBye\n`,
    ['n'],
    `--- a/n\n+++ b/n\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n`,
  ],
  [
    'an empty line of context without its blank',
    `${head}@@ -1,3 +1,3 @@\n one\n-two\n+2\n\nfoo\n`,
    ['drivers/a.c'],
    `${head}@@ -1,3 +1,3 @@\n one\n-two\n+2\n\n`,
  ],
  [
    'the signature’s line as one that goes',
    `${head}@@ -1,2 +1 @@\n--- \n one\n`,
    ['drivers/a.c'],
    `${head}@@ -1,2 +1 @@\n--- \n one\n`,
  ],
  ['CR LF in the files', `${head}@@ -1 +1 @@\n-x\r\n+y\r\n`, ['drivers/a.c'], `${head}@@ -1 +1 @@\n-x\r\n+y\r\n`],
  [
    'an svn or quilt patch',
    `Index: x/a.c\n=====\n--- x.orig/a.c\t2020-01-01\n+++ x/a.c\t2020-01-02\n@@ -1 +1 @@\n-x\n+y\n`,
    ['a.c'],
    `--- x.orig/a.c\t2020-01-01\n+++ x/a.c\t2020-01-02\n@@ -1 +1 @@\n-x\n+y\n`,
  ],
])('%s', (_what, text, files, diffs) => {
  const read = readDiffs(text)
  expect({ files: read.files.map(({ file }) => file), broken: read.broken, text: textOf(read.files) }).toEqual({
    files,
    broken: undefined,
    text: diffs,
  })
})

it.each([
  ['a line that was wrapped', `${head}@@ -1,2 +1,2 @@\n one and\nmore\n-x\n+y\n`, 1, 'foreign line', 'more'],
  [
    'blanks that became no-break spaces',
    `${head}${hunk}@@ -9,2 +9,2 @@\n\xc2\xa0one\n-x\n+y\n`,
    2,
    'foreign line',
    '\xc2\xa0one',
  ],
  ['an end that is missing', `${head}@@ -1,3 +1,3 @@\n one\n-two\n+2\n`, 1, 'cut', ''],
  [
    'an end that is missing before the signature',
    `${head}@@ -1,3 +1,4 @@\n one\n+2\n+3\n-- \n2.39.5\n`,
    1,
    'cut',
    '2.39.5',
  ],
  [
    'a hunk that another one cuts off',
    `${head}@@ -1,9 +1,9 @@\n one\n@@ -20 +20 @@\n-x\n+y\n`,
    1,
    'cut',
    '@@ -20 +20 @@',
  ],
  [
    'a wrapped line whose rest begins as a line of a diff does',
    `${head}@@ -1,2 +1,2 @@\n one\n and more\n-x\n+y\n`,
    1,
    'too long',
    '-x',
  ],
])('%s breaks a hunk', (_what, text, hunk, how, line) => {
  expect(readDiffs(text).broken).toEqual({ file: 'drivers/a.c', hunk, how, line })
})
