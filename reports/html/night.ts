import { inWords } from '../../domain/flake/rate.ts'
import type { CellChange } from '../../domain/night/compare-night.ts'
import type { NightGroup, NightStory } from '../../domain/night/tell-night.ts'
import { markup, type Markup } from './markup.ts'
import { anchor, word } from './words.ts'

/** What a night means, held against the nights before it: causes first, the cells that show them below. */
export function nightMarkup({ groups, notes, counts }: NightStory): Markup {
  const words = Object.entries(counts).map(
    ([standing, count], index) => markup`${index === 0 ? '' : ', '}${count} ${word(standing)}`,
  )
  return markup`<section id="night"><h2>Against the nights before</h2>
<p>${words}</p>
${groups.map(groupMarkup)}
${notes.length === 0 ? undefined : markup`<ul>${notes.map((note) => markup`<li>${note}</li>`)}</ul>`}
</section>
`
}

function groupMarkup({ standing, cause, sentence, issue, cells }: NightGroup): Markup {
  return markup`<h3>${word(standing)}${cause === '' ? '' : `: ${cause}`}</h3>
${sentence === '' ? undefined : markup`<p>${sentence}</p>`}
${issue ? markup`<p class="warn">${word('known')}: ${issue.reason} (${issue.owner}) ${linkMarkup(issue.link)}</p>` : undefined}
<ul>${cells.map(changeMarkup)}</ul>
`
}

function changeMarkup({ cell, tonight, before, since, moved, rates }: CellChange): Markup {
  return markup`<li><a href="#${anchor('cell', tonight.result)}">${tonight.result}</a> <span class="id">${cell}</span>
${before ? markup`<br>before: ${before.result} ${word(before.verdict ?? 'not run')}` : undefined}
${since ? markup`<br>since ${since.result}, ${dayOf(since.at)}` : undefined}
${rates ? markup`<br>not as expected in ${inWords(rates.now)}; before in ${inWords(rates.before)}` : undefined}
${moved.length === 0 ? undefined : markup`<br>moved: ${moved.map(({ what, before: from, after }) => markup`<br><code>${what}: ${shown(from)} → ${shown(after)}</code>`)}`}
</li>
`
}

/** A link that leads to a page; anything else that somebody wrote there is text. */
function linkMarkup(link: string | undefined): Markup | undefined {
  if (link === undefined) return undefined
  return /^https?:\/\//i.test(link) ? markup`<a href="${link}" rel="noreferrer noopener">${link}</a>` : markup`${link}`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
