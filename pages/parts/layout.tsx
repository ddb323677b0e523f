/** What is around every page: heading, contents, decision, particulars, privacy. */
import type { ComponentChildren, JSX } from 'preact';
import type { Command, Decision, Frame, Waits } from '../content.js';
import { shortHash } from '../format.js';
import { Value } from './name.js';

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly className?: string;
  readonly children: ComponentChildren;
}

export function Section({ id, title, className, children }: SectionProps): JSX.Element {
  return (
    <section id={id} class={className} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}

/** A boxed sentence. The word says what the colour says. */
export function Notice(props: {
  readonly tone: string;
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`notice ${props.tone}`}>
      <strong>{props.title}</strong>
      {props.children}
    </div>
  );
}

/** A command to be typed. */
export function Type({ what, command }: Command): JSX.Element {
  return (
    <div class="type">
      <p>{what}</p>
      <pre>
        <code>{command}</code>
      </pre>
    </div>
  );
}

function Waiting({ waits }: { readonly waits: Waits }): JSX.Element {
  return (
    <>
      <p>
        <strong>{waits.question}</strong> This has waited since {waits.since}. The answer comes from whoever
        the school has given this decision to; the technician types it for them or they type it themselves,
        and it is kept with account and time.
      </p>
      <p>Before you say yes:</p>
      <ul>
        {waits.checklist.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
      {waits.blocked === null ? null : <Notice tone="bad" title={waits.blocked} />}
      {waits.answers.map((answer) => (
        <Type {...answer} />
      ))}
      <p class="quiet">
        The answer only counts for exactly what this page shows, by its hash{' '}
        <code>{shortHash(waits.hash)}</code>
        {': '}
        <code>{waits.hash}</code>
      </p>
    </>
  );
}

function DecisionBox({ decision }: { readonly decision: Decision }): JSX.Element {
  return (
    <Section
      id="decision"
      title={decision.kind === 'waits' ? 'Who must decide, and how' : 'Decision'}
      className="decide"
    >
      {decision.kind === 'waits' ? <Waiting waits={decision} /> : <p>{decision.sentence}</p>}
    </Section>
  );
}

function Particulars({ frame }: { readonly frame: Frame }): JSX.Element {
  return (
    <Section id="particulars" title="Particulars">
      <dl class="facts">
        {frame.facts.map(({ label, value }) => (
          <>
            <dt>{label}</dt>
            <dd>
              <Value>{value}</Value>
            </dd>
          </>
        ))}
        {frame.hashes.map(({ label, hash }) => (
          <>
            <dt>{label}</dt>
            <dd>
              <code>{shortHash(hash)}</code> in full <code>{hash}</code>
            </dd>
          </>
        ))}
      </dl>
      {frame.commands.map((command) => (
        <Type {...command} />
      ))}
    </Section>
  );
}

/** A part of the page that can be jumped to. */
export interface Anchor {
  readonly id: string;
  readonly title: string;
}

interface LayoutProps {
  readonly frame: Frame;
  readonly title: string;
  readonly anchors: readonly Anchor[];
  /** Comes before the decision. */
  readonly summary: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Layout({ frame, title, anchors, summary, children }: LayoutProps): JSX.Element {
  const all: readonly Anchor[] = [
    { id: 'summary', title: 'Summary' },
    { id: 'decision', title: 'Decision' },
    ...anchors,
    { id: 'particulars', title: 'Particulars' },
  ];
  return (
    <>
      <a class="skip" href="#summary">
        Go to the summary
      </a>
      <header>
        <p class="school">
          <Value>{frame.school}</Value>
        </p>
        <h1>{title}</h1>
        <p class="quiet">Made on {frame.madeAt}. This page does not change by itself.</p>
        <nav aria-label="Contents">
          <ul>
            {all.map(({ id, title: name }) => (
              <li>
                <a href={`#${id}`}>{name}</a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main>
        <Section id="summary" title="Summary" className="lead">
          {summary}
        </Section>
        <DecisionBox decision={frame.decision} />
        {children}
        <Particulars frame={frame} />
      </main>
      <footer>
        <p>
          This page holds names of students and staff. Keep it as you would a class list, and delete it when
          it is no longer needed.
        </p>
      </footer>
    </>
  );
}
