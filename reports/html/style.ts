/**
 * How a report looks: one column that is read from 400 pixels on, light or dark as the reader's system is. Each colour of a
 * text has a contrast of 4.5 or more on its ground (WCAG 2.2, 1.4.3), and none says what its word does not say.
 */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --ground: #f3f5f7; --mark: #fff3c4;
  --link: #0550ae; --good: #116329; --bad: #b3141f; --known: #7d4e00; --news: #0550ae; --odd: #6639ba; --none: #57606a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1117; --ink: #e6edf3; --soft: #9ba7b4; --line: #3d444d; --ground: #161b22; --mark: #3a2f0b;
    --link: #79c0ff; --good: #56d364; --bad: #ff7b72; --known: #e3b341; --news: #79c0ff; --odd: #d2a8ff; --none: #9ba7b4;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .25rem 0; }
a { color: var(--link); }
code, pre, .id { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .85em; }
.soft { color: var(--soft); }
.warn { border-left: 4px solid var(--known); padding: .25rem .75rem; background: var(--ground); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; overflow-wrap: normal; }
th { background: var(--ground); font-weight: 600; }
article { border: 1px solid var(--line); border-radius: 6px; padding: .25rem .9rem .75rem; margin: .75rem 0; }
article h3 { margin-top: .5rem; }
:target { outline: 3px solid var(--link); outline-offset: 2px; }
details { margin: .4rem 0; }
summary { cursor: pointer; }
details.attempt { border-top: 1px solid var(--line); padding-top: .4rem; }
details > :not(summary) { margin-left: .75rem; }
ul { margin: .25rem 0; padding-left: 1.1rem; }
ul.plain { list-style: none; padding-left: 0; }
pre { margin: .3rem 0; padding: .4rem .6rem; background: var(--ground); border: 1px solid var(--line); border-radius: 4px;
  overflow-x: auto; overflow-wrap: normal; white-space: pre; tab-size: 8; }
pre b { font-weight: normal; background: var(--mark); }
.word { font-weight: 600; white-space: nowrap; }
.pass { color: var(--good); } .fail { color: var(--bad); } .known-fail, .known { color: var(--known); }
.fixed { color: var(--news); } .flaky, .inconclusive { color: var(--odd); } .none, .infra { color: var(--none); }
svg.stages { display: block; width: calc(100% - .75rem); height: 18px; border: 1px solid var(--line); border-radius: 3px; }
.stage0 { fill: #8fb8de; } .stage1 { fill: #c7a6e8; } .stage2 { fill: #9fd3a8; } .stage3 { fill: #e8c98f; }
.strips { background: #ffffff; border: 1px solid var(--line); border-radius: 4px; }
.strips svg { display: block; }
`
