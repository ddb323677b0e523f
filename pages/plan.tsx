/** The plan: what would happen in Moodle, what would not and why, and who must decide. */
import type { JSX } from 'preact';
import type { PlanCounts, PlanPurpose } from '../data/model/plan.js';
import type { Bar } from './content.js';
import { Bars, YearLevels } from './parts/bars.js';
import { Causes } from './parts/causes.js';
import { renderDocument } from './parts/document.js';
import { KeptSection } from './parts/kept.js';
import { Layout, Notice, Section } from './parts/layout.js';
import { PlanSummary } from './parts/plan-summary.js';
import { Questions, questionsOf } from './parts/questions.js';
import { PlanViews, viewAnchors } from './parts/views.js';
import type { PlanContent } from './plan-content.js';
import { changeTitles } from './words.js';

/** What is written, by type, then what is not. */
function typeBars(counts: PlanCounts): Bar[] {
  const bar = (label: string, value: number, tone: Bar['tone']): Bar[] =>
    value === 0 ? [] : [{ label, value, tone }];
  return [
    ...Object.entries(changeTitles).flatMap(([name, words]) => bar(words.title, counts[name] ?? 0, 'plain')),
    ...bar('Not done: conflict', counts['notice.conflict'] ?? 0, 'bad'),
    ...bar('Not done: waits for an answer', counts['notice.held'] ?? 0, 'careful'),
  ];
}

function Plots({ content }: { readonly content: PlanContent }): JSX.Element {
  const { comparison } = content;
  return (
    <div class="columns">
      <Section id="changes" title="Changes by type">
        <Bars
          caption="How many of each would be written, and how many are left out."
          what="Change"
          bars={typeBars(content.counts)}
        />
      </Section>
      {content.purpose === 'undo' ? null : (
        <Section id="levels" title="Students who joined and left">
          {comparison === null || comparison.yearLevels.length === 0 ? (
            <p class="quiet">The reading says nothing about year levels.</p>
          ) : (
            <YearLevels levels={comparison.yearLevels} />
          )}
        </Section>
      )}
    </div>
  );
}

const titles: Readonly<Record<PlanPurpose, string>> = {
  apply: 'what would change in Moodle',
  removals: 'what would be suspended and hidden in Moodle',
  undo: 'what would be taken back in Moodle',
};

/** The page as text. */
export function renderPlanPage(content: PlanContent): string {
  const { purpose } = content;
  const title = `Plan ${content.planId}: ${titles[purpose]}`;
  const questions = questionsOf(content) === 0 ? [] : [{ id: 'questions', title: 'Questions' }];
  return renderDocument(
    `${title} – ${content.frame.school}`,
    <Layout
      frame={content.frame}
      title={title}
      anchors={[
        { id: 'changes', title: 'Numbers' },
        ...questions,
        { id: 'not-done', title: 'Not done' },
        ...viewAnchors,
        ...(purpose === 'undo' ? [] : [{ id: 'kept', title: 'Kept' }]),
      ]}
      summary={<PlanSummary content={content} />}
    >
      <Plots content={content} />
      <Questions content={content} />
      <Section
        id="not-done"
        title={purpose === 'undo' ? 'Not taken back, or otherwise, and why' : 'Not done, and why'}
      >
        {content.causes.length === 0 ? (
          <Notice tone="good" title="Nothing is left out." />
        ) : (
          <Causes id="cause" causes={content.causes} empty="" />
        )}
      </Section>
      <PlanViews purpose={purpose} views={content.views} />
      <KeptSection purpose={purpose} kept={content.kept} />
    </Layout>,
  );
}
