/** The one style sheet of all pages: light and dark, phone and paper. */
export const style = `
:root{color-scheme:light dark;--page:#f3f5f8;--surface:#fff;--sunk:#eef1f5;--text:#18212c;--quiet:#4f5b69;--line:#d5dbe3;
--accent:#0b5a7a;--good:#1a7262;--careful:#9a4d05;--bad:#ad1f2d;--mark-good:#1f8a76;--mark-careful:#c96f1a;--mark-bad:#c93341;--mark-plain:#2f7ca3}
@media (prefers-color-scheme:dark){:root{--page:#10151b;--surface:#182029;--sunk:#212b36;--text:#e7ecf2;--quiet:#a9b5c3;--line:#334050;
--accent:#7fc6e6;--good:#6fd0ba;--careful:#f0b26b;--bad:#ff98a0;--mark-good:#35a58f;--mark-careful:#d88a3d;--mark-bad:#e0606b;--mark-plain:#4d9cc4}}
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;background:var(--page);color:var(--text);-webkit-text-size-adjust:100%}
body{margin:0}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:var(--surface);padding:.5rem 1rem;z-index:2}
header,main,footer{max-width:74rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.9rem;line-height:1.2;margin:.1rem 0 .4rem;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.3rem;line-height:1.3;margin:0 0 .5rem}
h3{font-size:1.05rem;margin:1.4rem 0 .4rem}
p{margin:.4rem 0;max-width:70ch}
.school{color:var(--quiet);font-weight:600;margin:0}
.quiet,small{color:var(--quiet)}
small{font-size:.85em}
bdi{unicode-bidi:isolate;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;list-style:none;margin:.8rem 0 0;padding:0}
section{background:var(--surface);border:1px solid var(--line);border-radius:.6rem;padding:1.25rem 1.4rem;margin:1.1rem 0;scroll-margin-top:1rem}
.lead p{font-size:1.08rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1rem 0 .3rem;padding:0;list-style:none}
.tiles li{background:var(--sunk);border-radius:.5rem;padding:.7rem .9rem;border-left:4px solid var(--mark-plain)}
.tiles .good{border-color:var(--mark-good)}.tiles .careful{border-color:var(--mark-careful)}.tiles .bad{border-color:var(--mark-bad)}
.tiles strong{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles span{color:var(--quiet);font-size:.92rem}
.notice{border-left:5px solid var(--mark-plain);background:var(--sunk);border-radius:.3rem;padding:.6rem 1rem;margin:.9rem 0}
.notice.good{border-color:var(--mark-good)}.notice.careful{border-color:var(--mark-careful)}.notice.bad{border-color:var(--mark-bad)}
.notice>strong:first-child{display:block}
.notice ul{margin:.3rem 0;padding-left:1.2rem}
.decide{border-width:2px;border-color:var(--accent)}
.type{margin:.7rem 0}
.type p{margin:0 0 .2rem}
code{overflow-wrap:anywhere}
code,pre{font:.92em/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{background:var(--sunk);border:1px solid var(--line);border-radius:.35rem;padding:.5rem .8rem;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.type pre{max-width:70ch}
.columns{display:grid;align-items:start;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1.1rem}
.columns>section{margin:0}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.95rem}
caption{text-align:left;color:var(--quiet);padding:0 0 .4rem}
th,td{text-align:left;vertical-align:top;padding:.42rem .7rem;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
thead th{font-size:.87rem;color:var(--quiet);border-bottom-width:2px;white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead button{font:inherit;color:inherit;background:none;border:0;padding:.15rem 0;cursor:pointer;text-decoration:underline dotted;text-underline-offset:.25em}
th[aria-sort=ascending] button::after{content:" \\2191"}th[aria-sort=descending] button::after{content:" \\2193"}
.plot td,.plot tbody th{border-bottom:0;padding-top:.2rem;padding-bottom:.2rem;vertical-align:middle}
.plot tbody th{font-weight:400;width:38%;min-width:8.5rem}
.plot .wide{width:48%}.plot .half{width:38%}
.bar{display:block;width:100%;height:.95rem;overflow:visible}
.bar .plain{fill:var(--mark-plain)}.bar .good{fill:var(--mark-good)}.bar .careful{fill:var(--mark-careful)}.bar .bad{fill:var(--mark-bad)}
.bar .ground{fill:var(--sunk)}
.plot thead th{border-bottom:0;padding-bottom:.15rem}
.codes bdi{display:inline-block;max-width:100%}
.narrow table{max-width:46rem}
.levels .middle{text-align:center;white-space:nowrap;width:1%;min-width:0}
.tag{display:inline-block;font-size:.82rem;font-weight:600;border:1px solid currentColor;border-radius:1rem;padding:0 .6rem;white-space:nowrap}
.tag.good{color:var(--good)}.tag.careful{color:var(--careful)}.tag.bad{color:var(--bad)}.tag.plain{color:var(--quiet)}
.problem{color:var(--careful)}
details{margin:.1rem 0}
summary{cursor:pointer}
.causes>details{border-top:1px solid var(--line);padding:.6rem 0}
.causes>details>summary{display:flex;flex-wrap:wrap;gap:.1rem .7rem;align-items:baseline;list-style-position:inside}
.causes>details>summary::before{content:"\\25B8";color:var(--quiet)}.causes>details[open]>summary::before{content:"\\25BE"}
.causes summary b{font-variant-numeric:tabular-nums}
.causes .inside{padding:.5rem 0 0 1.1rem}
.people{margin:.3rem 0;padding:0;list-style:none;columns:13rem;column-gap:1.2rem}
.people li{break-inside:avoid}
td .people{columns:auto}
.search{display:flex;flex-wrap:wrap;gap:.4rem .8rem;align-items:center;margin:.5rem 0 .8rem}
.search input{font:inherit;color:inherit;background:var(--page);border:1px solid var(--quiet);border-radius:.35rem;padding:.35rem .6rem;width:min(20rem,100%)}
.more{font-weight:600}
.facts{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1.2rem;margin:.4rem 0}
.facts dt{color:var(--quiet)}.facts dd{margin:0;overflow-wrap:anywhere}
footer{padding-bottom:2.5rem;color:var(--quiet);font-size:.92rem}
@media (max-width:40rem){header{padding-top:1.2rem}h1{font-size:1.5rem}header,main,footer{padding-left:.8rem;padding-right:.8rem}
section{padding:1rem .9rem}.plot tbody th{min-width:6.5rem}.plot .wide{width:40%}
.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}.tiles{grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr))}
.levels{table-layout:fixed;font-size:.85rem}.levels th,.levels td{padding-left:.15rem;padding-right:.15rem}.levels .half{width:auto}
.over-time .wide{display:none}.over-time tbody th{min-width:0}
.plot.levels tbody .middle,.levels .middle{white-space:normal;width:4.6rem;min-width:0}.levels .number{width:2.6rem}.levels .joined{width:3.2rem}
table.list,table.list caption,table.list tbody,table.list tr,table.list th,table.list td{display:block}
table.list thead{display:none}
table.list tr{border-bottom:1px solid var(--line);padding:.5rem 0}
table.list th,table.list td{border:0;padding:.05rem 0;text-align:left}
table.list td:empty{display:none}
table.list td[data-label]::before{content:attr(data-label) ": ";color:var(--quiet)}}
@media screen{.filtered{display:none!important}}
@media print{:root{color-scheme:light;--page:#fff;--surface:#fff;--sunk:#fff;--text:#000;--quiet:#333;--line:#999;--accent:#000;--good:#000;--careful:#000;--bad:#000;
--mark-good:#444;--mark-careful:#999;--mark-bad:#000;--mark-plain:#777}
html{font-size:10.5pt}header,main,footer{max-width:none;padding:0}nav,.search,.skip{display:none}
section{border:0;border-top:1px solid #999;border-radius:0;padding:.6rem 0;margin:.6rem 0}.decide{border:2px solid #000;padding:.6rem .8rem}
.notice,pre,.tiles li{border:1px solid #999;border-left:4px solid #000}
details::details-content{content-visibility:visible!important;display:block!important;block-size:auto!important}
.causes>details>summary::before{content:""}summary{list-style:none}
.scroll{overflow:visible}thead{display:table-header-group}tr,li,.tiles,.notice{break-inside:avoid}h2,h3,summary{break-after:avoid}
.bar{print-color-adjust:exact;-webkit-print-color-adjust:exact}thead button{text-decoration:none}}
`;
