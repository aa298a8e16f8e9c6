import { useMutation, useQuery } from '@tanstack/react-query';
import { ApiProblem } from '@titrate/api-client';
import { specTemplate } from '@titrate/contracts';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../data/session.ts';
import { Confirm } from '../parts/confirm.tsx';
import { count } from '../parts/format.ts';
import { Loading, Trouble } from '../parts/state.tsx';
import { money, PlanFacts, type Plan } from './plan-facts.tsx';
import { SpecEditor, type SpecEditorHandle } from './spec-editor.tsx';
import { checkSpec, placeProblems, type PlacedProblem, type SpecProblem } from './spec-problems.ts';

/** Where the text of this tab is kept, so that a look at another page does not lose it. */
const DRAFT = 'titrate.spec';
/** A pause in the writing. */
const QUIET_MS = 400;

/** A spec is written and checked, its plan and price are shown, and it is submitted. */
export default function PlanPage() {
  useEffect(() => void (document.title = 'New sweep · Titrate'), []);
  const draft = sessionStorage.getItem(DRAFT);
  const { data: corpora, error } = useQuery({
    queryKey: ['corpora', 'ready'],
    queryFn: () => api().listCorpora({ limit: 500 }),
    enabled: draft === null,
  });
  const ready = corpora?.items.find(({ state }) => state === 'ready');
  return (
    <>
      <div className="page-head">
        <h1>New sweep</h1>
      </div>
      {error !== null && <Trouble error={error} what="corpora" />}
      {draft === null && corpora === undefined && error === null && <Loading what="corpora" />}
      {(draft !== null || corpora !== undefined) && <Workbench initial={draft ?? specTemplate(ready?.name ?? 'my-corpus')} />}
    </>
  );
}

function Workbench({ initial }: { initial: string }) {
  const [text, setText] = useState(initial);
  const quiet = useQuiet(text);
  const editor = useRef<SpecEditorHandle>(null);
  const own = useMemo(() => checkSpec(quiet), [quiet]);
  const asked = useQuery({ queryKey: ['plan', quiet], queryFn: () => api().planYaml(quiet), gcTime: 0 });
  const refused = asked.error instanceof ApiProblem && asked.error.status === 400 ? asked.error : null;
  const problems = useMemo(() => placed(quiet, refused, asked.isPending ? own : []), [quiet, refused, own, asked.isPending]);
  useEffect(() => sessionStorage.setItem(DRAFT, text), [text]);
  return (
    <div className="columns">
      <section className="card">
        <h2>Spec</h2>
        <SpecEditor initial={initial} label="Spec of the sweep, in YAML" problems={problems} onChange={setText} handle={editor} />
        <Problems problems={problems} onGo={({ from }) => editor.current?.goTo(from)} />
      </section>
      <section className="card">
        <h2>Plan</h2>
        {asked.isPending && <Loading what="plan" />}
        {asked.error !== null && refused === null && <Trouble error={asked.error} what="plan" />}
        {refused !== null && <p>There is no plan as long as the spec has problems.</p>}
        {asked.data !== undefined && (
          <>
            <PlanFacts plan={asked.data} />
            <Submit plan={asked.data} text={quiet} isCurrent={quiet === text} />
          </>
        )}
      </section>
    </div>
  );
}

/** The server's words once it has answered; the page's own until then. */
function placed(text: string, refused: ApiProblem | null, own: readonly SpecProblem[]): PlacedProblem[] {
  if (refused === null) return placeProblems(text, own);
  const { errors, detail } = refused.problem;
  return placeProblems(text, errors.length > 0 ? errors : [{ field: '', rule: detail }]);
}

function Problems({ problems, onGo }: { problems: readonly PlacedProblem[]; onGo: (problem: PlacedProblem) => void }) {
  return (
    <div role="status" className="spec-problems">
      {problems.length > 0 && (
        <ul>
          {problems.map((problem, index) => (
            <li key={`${index} ${problem.field} ${problem.rule}`}>
              <button type="button" className="quiet" onClick={() => onGo(problem)}>
                Line {problem.line}
              </button>{' '}
              {problem.field !== '' && <code>{problem.field}</code>} {problem.rule}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Submit({ plan, text, isCurrent }: { plan: Plan; text: string; isCurrent: boolean }) {
  const [, navigate] = useLocation();
  const submit = useMutation({
    mutationFn: () => api().submitSweep(text),
    onSuccess: ({ sweep }) => {
      sessionStorage.removeItem(DRAFT);
      navigate(`/sweeps/${sweep.id}`);
    },
  });
  return (
    <>
      <div className="tools">
        <Confirm
          action="Submit"
          question={`Submit ${plan.name}?`}
          disabled={!isCurrent || submit.isPending}
          onConfirm={() => submit.mutate()}
        >
          <p>
            It trains {count(plan.runs.length)} runs, but for those that have finished before. Cost: {money(plan.total.usd)}. The same spec
            again gives the same sweep.
          </p>
        </Confirm>
      </div>
      {submit.error !== null && <Trouble error={submit.error} what="new sweep" />}
    </>
  );
}

/** A text as it was when its writing last paused. */
function useQuiet(text: string): string {
  const [quiet, setQuiet] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(text), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return quiet;
}
