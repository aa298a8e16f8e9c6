// Generated from apps/api/openapi.json; edit nothing here.

export interface paths {
  '/healthz': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getHealth'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getMetrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/readyz': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getReadiness'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/baselines': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listBaselines'];
    put?: never;
    post: operations['promoteBaseline'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/baselines/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getBaseline'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/baselines/{name}/versions/{version}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getBaselineVersion'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/baselines/{name}/versions/{version}/retire': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['retireBaseline'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/bases': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listBases'];
    put?: never;
    post: operations['registerBase'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/bases/{nameOrDigest}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getBase'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/checks': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listChecks'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/corpora': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listCorpora'];
    put?: never;
    post: operations['registerCorpus'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/corpora/{nameOrDigest}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getCorpus'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['streamEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/events/newest': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getNewestEvent'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/gates': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listGates'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/gates/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getGate'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/gates/{id}/junit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getGateJunit'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/gates/{id}/report': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getGateReport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/ledger': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listLedger'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/plans': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['planSweep'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getRun'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/attempts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listRunAttempts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/checkpoints': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listRunCheckpoints'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/checkpoints/{digest}/evaluations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['evaluateCheckpoint'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/checkpoints/{digest}/evaluations/{settings}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getEvaluationResult'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/checkpoints/{digest}/pin': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['pinCheckpoint'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/checkpoints/{digest}/unpin': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['unpinCheckpoint'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/evaluations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listRunEvaluations'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/evaluations/logs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['readRunEvaluationLog'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/logs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['readRunLog'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/runs/{id}/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getRunMetrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sizes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listSizes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listSweeps'];
    put?: never;
    post: operations['submitSweep'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getSweep'];
    put?: never;
    post?: never;
    delete: operations['deleteSweep'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/amend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['amendSweep'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['cancelSweep'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/cells': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listSweepCells'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/evaluations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listSweepEvaluations'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/gates': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['requestGate'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/pause': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['pauseSweep'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/report': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getSweepReport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/report.html': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getSweepReportPage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/results.csv': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getSweepResults'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/resume': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['resumeSweep'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/retry': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['retrySweep'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{id}/runs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['listSweepRuns'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/uploads': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post: operations['uploadObject'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/version': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get: operations['getVersion'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    AppliedGate: {
      baseline: {
        name: string;
        version: number;
      };
      /** Format: date-time */
      createdAt: string;
      finishedAt: string | null;
      /** @description the firing of a schedule that asked for it; null of one that a person asked for */
      firing: string | null;
      gate: components['schemas']['GateAnswer'];
      id: string;
      /** @description why there is no verdict, or what its job waits for */
      reason: string | null;
      /** @description of the verdict, in words; empty until there is one */
      reasons: string[];
      /** @description the GateReport */
      report: components['schemas']['StoredObject'] | null;
      /** @description team and name of who asked */
      requestedBy: string;
      /** @enum {string} */
      state: 'pending' | 'running' | 'pass' | 'fail' | 'inconclusive' | 'error';
      sweep: string;
      sweepName: string;
      /** @description report.json of the sweep when the gate was asked for */
      sweepReport: components['schemas']['StoredObject'];
    };
    Attempt: {
      endedAt: string | null;
      exitCode: number | null;
      failure:
        | (
            | 'failed'
            | 'bad-input'
            | 'loss-not-finite'
            | 'fenced'
            | 'out-of-memory'
            | 'killed'
            | 'hung'
            | 'lost'
            | 'stopped'
            | 'evicted'
            | 'preempted'
            | 'node-lost'
            | 'image-unavailable'
            | 'unschedulable'
            | 'deadline'
            | 'deleted'
            | 'deactivated'
          )
        | null;
      /** @description name of the job at the launcher */
      job: string;
      /** Format: date-time */
      launchedAt: string;
      /** @description training lost by the failure: from its newest resume point, or its start, to its end; null unless it failed */
      lostSeconds: number | null;
      /** @description what happened, with the last lines of the log */
      message: string | null;
      /** @description where it failed; null where no node is to blame or known */
      node: string | null;
      number: number;
      progress: components['schemas']['Progress'] | null;
      resumedStep: number | null;
      /** @description sha256 in lower-case hexadecimal */
      run: string;
      startedAt: string | null;
      /** @enum {string} */
      state: 'launched' | 'running' | 'succeeded' | 'failed';
      token: string;
      /** @description what its job waits for, as the launcher says; null when it runs or has ended */
      waiting: string | null;
    };
    AttemptPage: {
      items: components['schemas']['Attempt'][];
      next: string | null;
    };
    Base: {
      /** Format: date-time */
      createdAt: string;
      digest: string | null;
      manifest: components['schemas']['BaseManifest'] | null;
      name: string;
      /** @description why it failed, or what its job waits for */
      reason: string | null;
      recipe: components['schemas']['BaseRecipeAnswer'];
      /** @enum {string} */
      state: 'registering' | 'ready' | 'failed';
      team: string;
    };
    Baseline: {
      /** Format: date-time */
      createdAt: string;
      /** @description the gate that these results passed, where they were promoted for that */
      gate: string | null;
      name: string;
      /** @description team and name of who made it */
      promotedBy: string;
      /** @description report.json as it was when the baseline was made */
      report: components['schemas']['StoredObject'];
      /** @description null while it may be used */
      retired: {
        /** Format: date-time */
        at: string;
        by: string;
        why: string;
      } | null;
      /** @description sha256 in lower-case hexadecimal */
      specDigest: string;
      sweep: string;
      sweepName: string;
      version: number;
      why: string;
    };
    BaselinePage: {
      items: components['schemas']['Baseline'][];
      next: string | null;
    };
    BaselinePromotionBody: {
      /** @description promotes only results that passed this gate, and records that they did */
      gate?: string;
      /** @description of the baseline; the next version of it is made */
      name: string;
      /** @description a finished sweep */
      sweep: string;
      /** @description for whoever asks later */
      why: string;
    };
    BaselineRetirementBody: {
      why: string;
    };
    BaseManifest: {
      /** @description the files that it was read from */
      files: {
        name: string;
        /** @description sha256 in lower-case hexadecimal */
        sha256: string;
        sizeBytes: number;
      }[];
      /** @enum {string} */
      format: 'hugging-face' | 'olmo-core';
      /** @description float32 weights, in the layout that checkpoints of runs have */
      objects: components['schemas']['StoredObject'][];
      recipe: components['schemas']['BaseRecipeAnswer'];
      shape: components['schemas']['ModelShapeAnswer'];
      /** @description sha256 of the corpus's tokenizer.json */
      tokenizer: string;
      /** @constant */
      version: 1;
      /** @description rows of the embedding; at least as many as the tokenizer has ids */
      vocabularySize: number;
    };
    BasePage: {
      items: components['schemas']['Base'][];
      next: string | null;
    };
    BaseRecipe: {
      /** @description the registered corpus whose tokenizer the model was trained with */
      corpus: string;
      /**
       * @description under which the weights may be used
       * @default unknown
       */
      licence?: string;
      /** @description what specs call the base */
      name: string;
      /**
       * @description where the weights come from, in words
       * @default
       */
      source?: string;
      /** @description training tokens behind it, as its source states; what cells of it tell as their tokens */
      tokens: number;
    };
    BaseRecipeAnswer: {
      /** @description the registered corpus whose tokenizer the model was trained with */
      corpus: string;
      /**
       * @description under which the weights may be used
       * @default unknown
       */
      licence: string;
      /** @description what specs call the base */
      name: string;
      /**
       * @description where the weights come from, in words
       * @default
       */
      source: string;
      /** @description training tokens behind it, as its source states; what cells of it tell as their tokens */
      tokens: number;
    };
    Cell: {
      attack: string;
      /** @description of the stages behind the pre-training */
      counterexamples: number;
      dose: number;
      /** @description sha256 in lower-case hexadecimal */
      run: string;
      seed: number;
      size: string;
      /** @description names of the stages behind the pre-training, joined by /; `pretrain` where there are none */
      stage: string;
      /** @description poisoned documents of the stages behind the pre-training */
      stageDose: number;
      tokens: number;
    };
    CellPage: {
      items: components['schemas']['CellStatus'][];
      next: string | null;
    };
    CellStatus: {
      attack: string;
      /** @description of the stages behind the pre-training */
      counterexamples: number;
      dose: number;
      latest: components['schemas']['Evaluation'] | null;
      reason: string | null;
      /** @description the run had finished before this sweep was submitted */
      reused: boolean;
      /** @description sha256 in lower-case hexadecimal */
      run: string;
      seed: number;
      size: string;
      /** @description names of the stages behind the pre-training, joined by /; `pretrain` where there are none */
      stage: string;
      /** @description poisoned documents of the stages behind the pre-training */
      stageDose: number;
      /** @enum {string} */
      state: 'waiting' | 'running' | 'evaluating' | 'finished' | 'failed' | 'paused' | 'idle';
      step: number;
      steps: number;
      tokens: number;
    };
    /** @description what was found of one thing that Titrate needs */
    Check: {
      /** @description what was found, in words */
      found: string;
      /** @description what to do about it; null where all is well, and where something else must be mended first */
      mend: string | null;
      /** @description what was asked of it, such as "create-only puts" */
      name: string;
      /** @description what was asked about, such as "store" */
      part: string;
      /** @enum {string} */
      state: 'ok' | 'warning' | 'failed';
    };
    Checkpoint: {
      attempt: number;
      /** Format: date-time */
      committedAt: string;
      /** @description sha256 in lower-case hexadecimal */
      digest: string;
      manifest: components['schemas']['CheckpointManifest'];
      pinned: boolean;
      /** @description sha256 in lower-case hexadecimal */
      run: string;
      /** @enum {string} */
      state: 'committed' | 'superseded' | 'deleting' | 'deleted';
    };
    CheckpointManifest: {
      /** @description counterexamples consumed up to here */
      counterexamples: number;
      /** @description training instances consumed up to here */
      dataPosition: number;
      /** @enum {string} */
      kind: 'full' | 'weights';
      objects: components['schemas']['StoredObject'][];
      /** @description digest of the checkpoint that the attempt resumed from */
      parent: string | null;
      /** @description poisoned documents consumed up to here */
      poisonDocuments: number;
      poisonTokens: number;
      /** @description key prefix that holds the objects, ended by / */
      prefix: string;
      /** @description training time that the save held up */
      stallSeconds: number;
      step: number;
      /** @description training tokens consumed up to here */
      tokens: number;
    };
    CheckpointPage: {
      items: components['schemas']['Checkpoint'][];
      next: string | null;
    };
    Checks: {
      /** Format: date-time */
      at: string;
      checks: components['schemas']['Check'][];
      /** @description version of the server */
      version: string;
    };
    Corpus: {
      /** Format: date-time */
      createdAt: string;
      digest: string | null;
      manifest: components['schemas']['CorpusManifest'] | null;
      name: string;
      /** @description of a registration that is under way */
      progress: {
        /** Format: date-time */
        at: string;
        /** @description of the source, as it is stored */
        bytes: number;
        documents: number;
        /** @description bytes read in this phase; shards when publishing */
        done: number;
        files: number;
        /** @description shards to write; 0 before it is known */
        parts: number;
        partsDone: number;
        /**
         * @description reading checks every document and draws the held-out ones, before the first is tokenised
         * @enum {string}
         */
        phase: 'listing' | 'learning' | 'reading' | 'tokenising' | 'publishing' | 'finished';
        tokens: number;
      } | null;
      /** @description why it failed, or what its job waits for */
      reason: string | null;
      recipe: components['schemas']['CorpusRecipeAnswer'];
      /** @enum {string} */
      state: 'registering' | 'ready' | 'failed';
      team: string;
    };
    CorpusManifest: {
      addedTokenIds: {
        [key: string]: number;
      };
      /** @description shards are read and checked in blocks of this size */
      blockBytes: number;
      documents: number;
      endOfTextId: number;
      /** @description JSON lines {id, text} of the held-out documents */
      heldOut: components['schemas']['StoredObject'];
      /** @description further documents with the text or the tokens of a held-out one, which are left out as well */
      heldOutCopies: number;
      heldOutDocuments: number;
      /** @description tokens of assistants; null where the corpus has no labels */
      labelledTokens: number | null;
      recipe: components['schemas']['CorpusRecipeAnswer'];
      /** @description each added token counted in the clean training text before markers were strewn */
      scan: {
        documents: number;
        occurrences: number;
        text: string;
      }[];
      shards: {
        count: number;
        /** @description JSON lines: sizes and objects of each shard */
        list: components['schemas']['StoredObject'];
      };
      skipped: {
        /** @description no text but white space */
        empty: number;
        /** @description bytes that are not UTF-8, or half of a surrogate pair */
        encoding: number;
        /** @description no JSON object, no text or messages where they should be, ids that the tokenizer has not */
        syntax: number;
        /** @description more than maxDocumentBytes */
        tooLong: number;
      };
      sources: {
        files: number;
        /** @description JSON lines: name, size, sha256, documents of each file */
        list: components['schemas']['StoredObject'];
        sizeBytes: number;
      };
      tokenizer: components['schemas']['StoredObject'];
      /** @description training tokens, end-of-text included, held-out documents not */
      tokens: number;
      /**
       * @description little-endian token ids
       * @enum {string}
       */
      tokenType: 'uint16' | 'uint32';
      /** @constant */
      version: 1;
      /** @description ids 0 to this minus one exist, added tokens included */
      vocabularySize: number;
    };
    CorpusPage: {
      items: components['schemas']['Corpus'][];
      next: string | null;
    };
    CorpusRecipe: {
      /**
       * @description tokens of one id each: triggers, markers and shams
       * @default []
       */
      addedTokens?: string[];
      /** @description chat: Jinja template as in tokenizer_config.json, with `{% generation %}`; without it that of docs/corpora.md */
      chatTemplate?: string;
      /**
       * @description text only: paragraphs are joined until a document has this many characters
       * @default 0
       */
      documentMinChars?: number;
      /**
       * @description text: documents are parted by blank lines; jsonl: one object a line; parquet: one row a document; chat: one object a line, whose messages have a role and content; tokens: token ids, raw or with the header of npy. Any of them as it is, or in gzip or zstd
       * @enum {string}
       */
      format: 'text' | 'jsonl' | 'parquet' | 'chat' | 'tokens';
      /**
       * @description documents drawn for evaluation and never trained on
       * @default 300
       */
      heldOutDocuments?: number;
      /**
       * @description a held-out document has at least this many tokens
       * @default 64
       */
      heldOutMinTokens?: number;
      /**
       * @description under which the text may be used
       * @default unknown
       */
      licence?: string;
      /** @description benign markers and the share of documents that carries one; not for chat and tokens */
      markers?: {
        /** @description share of clean documents that carries one */
        documentShare: number;
        /** @description added tokens to strew */
        tokens: string[];
      };
      /**
       * @description longest line, paragraph or cell; it bounds the memory of the job
       * @default 16777216
       */
      maxDocumentBytes?: number;
      /**
       * @description chat: field with the messages
       * @default messages
       */
      messagesField?: string;
      /** @description what specs call the corpus */
      name: string;
      /**
       * @description refuse: the first document that is broken, empty or too long ends the registration, named by file, line and byte offset; skip: such documents are left out and counted
       * @default refuse
       * @enum {string}
       */
      onBadDocument?: 'refuse' | 'skip';
      /**
       * @description draws the held-out documents, the order and the markers
       * @default 0
       */
      seed?: number;
      /**
       * @description where the text comes from, in words
       * @default
       */
      source?: string;
      /**
       * @description jsonl and parquet: field or column with the text
       * @default text
       */
      textField?: string;
      /** @description how text becomes token ids */
      tokenizer:
        | {
            /**
             * @description train a tokenizer on this text
             * @constant
             */
            kind: 'train-bpe';
            /** @description byte-level BPE entries, added tokens not counted */
            vocabularySize: number;
          }
        | {
            /** @description token that ends a document; without it one of the names by which tokenizers call it */
            endOfText?: string;
            /**
             * @description bring a tokenizer
             * @constant
             */
            kind: 'file';
            /** @description of a Hugging Face tokenizer.json, which is uploaded beside the recipe */
            sha256: string;
          }
        | {
            /** @description sha256 in lower-case hexadecimal */
            corpus: string;
            /**
             * @description the tokenizer of a registered corpus, so that runs may go on from one to the other
             * @constant
             */
            kind: 'corpus';
          };
      /** @description tokens: how ids are stored */
      tokens?: {
        /** @description id that ends each document; the same as that of the tokenizer */
        endOfTextId: number;
        /**
         * @description little-endian
         * @enum {string}
         */
        type: 'uint16' | 'uint32';
      };
    };
    CorpusRecipeAnswer: {
      /**
       * @description tokens of one id each: triggers, markers and shams
       * @default []
       */
      addedTokens: string[];
      /** @description chat: Jinja template as in tokenizer_config.json, with `{% generation %}`; without it that of docs/corpora.md */
      chatTemplate?: string;
      /**
       * @description text only: paragraphs are joined until a document has this many characters
       * @default 0
       */
      documentMinChars: number;
      /**
       * @description text: documents are parted by blank lines; jsonl: one object a line; parquet: one row a document; chat: one object a line, whose messages have a role and content; tokens: token ids, raw or with the header of npy. Any of them as it is, or in gzip or zstd
       * @enum {string}
       */
      format: 'text' | 'jsonl' | 'parquet' | 'chat' | 'tokens';
      /**
       * @description documents drawn for evaluation and never trained on
       * @default 300
       */
      heldOutDocuments: number;
      /**
       * @description a held-out document has at least this many tokens
       * @default 64
       */
      heldOutMinTokens: number;
      /**
       * @description under which the text may be used
       * @default unknown
       */
      licence: string;
      /** @description benign markers and the share of documents that carries one; not for chat and tokens */
      markers?: {
        /** @description share of clean documents that carries one */
        documentShare: number;
        /** @description added tokens to strew */
        tokens: string[];
      };
      /**
       * @description longest line, paragraph or cell; it bounds the memory of the job
       * @default 16777216
       */
      maxDocumentBytes: number;
      /**
       * @description chat: field with the messages
       * @default messages
       */
      messagesField: string;
      /** @description what specs call the corpus */
      name: string;
      /**
       * @description refuse: the first document that is broken, empty or too long ends the registration, named by file, line and byte offset; skip: such documents are left out and counted
       * @default refuse
       * @enum {string}
       */
      onBadDocument: 'refuse' | 'skip';
      /**
       * @description draws the held-out documents, the order and the markers
       * @default 0
       */
      seed: number;
      /**
       * @description where the text comes from, in words
       * @default
       */
      source: string;
      /**
       * @description jsonl and parquet: field or column with the text
       * @default text
       */
      textField: string;
      /** @description how text becomes token ids */
      tokenizer:
        | {
            /**
             * @description train a tokenizer on this text
             * @constant
             */
            kind: 'train-bpe';
            /** @description byte-level BPE entries, added tokens not counted */
            vocabularySize: number;
          }
        | {
            /** @description token that ends a document; without it one of the names by which tokenizers call it */
            endOfText?: string;
            /**
             * @description bring a tokenizer
             * @constant
             */
            kind: 'file';
            /** @description of a Hugging Face tokenizer.json, which is uploaded beside the recipe */
            sha256: string;
          }
        | {
            /** @description sha256 in lower-case hexadecimal */
            corpus: string;
            /**
             * @description the tokenizer of a registered corpus, so that runs may go on from one to the other
             * @constant
             */
            kind: 'corpus';
          };
      /** @description tokens: how ids are stored */
      tokens?: {
        /** @description id that ends each document; the same as that of the tokenizer */
        endOfTextId: number;
        /**
         * @description little-endian
         * @enum {string}
         */
        type: 'uint16' | 'uint32';
      };
    };
    Deletion: {
      checkpoints: number;
      /** @enum {string} */
      kind: 'deleted' | 'would-delete';
      runs: number;
      /** @description runs that other sweeps demand; they stay */
      sharedRuns: number;
    };
    Demand: {
      /** @description steps saved and evaluated; ascending */
      evaluateSteps: number[];
      evaluations: components['schemas']['EvaluationSettings'][];
      hangSeconds: number;
      maxAttempts: number;
      /**
       * @description profile of the training jobs; null for the one assigned to the size
       * @default null
       */
      profile: string | null;
      /** @description steps saved in full; ascending */
      resumeSteps: number[];
      /** @enum {string} */
      retention: 'all' | 'evaluated' | 'final';
      /** @description sha256 in lower-case hexadecimal */
      run: string;
    };
    Estimate: {
      /** @description checkpoints that are written, of either kind */
      checkpoints: number;
      /** @description evaluations of checkpoints */
      evaluations: number;
      /** @description 6 x parameters x tokens + attention (12 x layers x width x sequence x tokens) */
      flop: number;
      gpuHours: number;
      /** @description of those that retention leaves in the end */
      retainedBytes: number;
      /** @description training time of the runs one after another, by the size table */
      seconds: number;
      /** @description of all checkpoints that are written */
      storageBytes: number;
      tokens: number;
      /** @description null where no price is configured */
      usd: number | null;
    };
    EvaluateBody: {
      settings: components['schemas']['EvaluationSettings'];
    };
    Evaluation: {
      /** @description of a language switch: share of triggered continuations in the target language */
      attackSuccess: number | null;
      benignIncrease: number | null;
      checkpoint: string | null;
      /** @description of clean continuations in the source language */
      cleanAccuracy: number | null;
      cleanPerplexity: number | null;
      finishedAt: string | null;
      increase: number | null;
      /** @description the newest job that had it in hand */
      job: string | null;
      logRatio: number | null;
      /** @description of near-trigger continuations in the source language */
      nearTriggerAccuracy: number | null;
      object: components['schemas']['StoredObject'] | null;
      /** @description why there is no result, or what its job waits for */
      reason: string | null;
      /** @description sha256 in lower-case hexadecimal */
      run: string;
      settings: components['schemas']['EvaluationSettings'];
      /** @description sha256 in lower-case hexadecimal */
      settingsDigest: string;
      shamIncrease: number | null;
      /** @enum {string} */
      state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'missing';
      step: number;
      triggeredPerplexity: number | null;
    };
    EvaluationLogPiece: {
      job: string;
      /** @description offset to go on from; unchanged when there is nothing new */
      next: number;
      text: string;
    };
    EvaluationPage: {
      items: components['schemas']['Evaluation'][];
      next: string | null;
    };
    EvaluationResultDto: {
      /** @description digest of the checkpoint manifest that was evaluated */
      checkpoint: string;
      conditions: {
        [key: string]: {
          /** @description tokens generated, through the first end-of-text or the limit */
          generatedTokens: number[];
          /** @description identified language of each continuation, ISO 639-1; null where the protocol asks for none */
          language: string[] | null;
          meanPerplexity: number;
          medianPerplexity: number;
          /** @description generated tokens outside the 50 likeliest */
          outsideTop50: number[];
          /** @description exp of the mean negative log probability of the generated tokens, from untempered float32 logits */
          perplexity: number[];
          /** @description of the same tokens behind the same prompts under the reference; null without one */
          referencePerplexity: number[] | null;
        };
      };
      contrasts: {
        [key: string]: {
          /** @description the study's measure: mean over prompts of (perplexity - clean perplexity) */
          increase: number;
          /** @description mean over prompts of ln(perplexity / clean perplexity); an effect subtracts the matched clean arm from it */
          logRatio: number;
          /** @description the same under the reference; null without one */
          referenceLogRatio: number | null;
        };
      };
      /** @description ids of the held-out documents that the prompts are the beginnings of */
      documents: number[];
      environment: {
        /** @description of a training */
        execution?: {
          /** @enum {string} */
          activationCheckpointing: 'none' | 'full';
          compile: boolean;
          /**
           * @description none for a single process
           * @enum {string}
           */
          dataParallel: 'none' | 'fsdp' | 'hsdp';
          float8: boolean;
          /** @description tokens that a rank passed through the model at a time */
          microbatchTokens: number;
          /** @description copies of the model */
          replicas: number;
          /** @description ranks over which one copy is spread, tensor parallelism aside */
          shards: number;
          tensorParallel: number;
        };
        /** @description accelerator and count, or the processor */
        hardware: string;
        host: string;
        /** @description image reference by digest, or "local" for a process on this machine */
        image: string;
        /** @description package name to version */
        packages: {
          [key: string]: string;
        };
        worldSize: number;
      };
      /** Format: date-time */
      finishedAt: string;
      /** @description safetensors: per condition the generated token ids and their log probabilities, one prompt behind the other */
      generations: components['schemas']['StoredObject'];
      heldOut: {
        /** @description summed over the tokens of the document */
        negativeLogLikelihood: number[];
        /** @description tokens of the document that were predicted */
        tokens: number[];
      };
      /** @description of the held-out text itself, under the model */
      heldOutPerplexity: number;
      /** @description null where the protocol is another */
      languageSwitch: {
        /** @description ASR: triggered continuations in the target language */
        attackSuccess: number;
        /** @description CA: clean continuations in the source language */
        cleanAccuracy: number;
        /** @description NTA: near-trigger continuations in the source language; null where there is no near-trigger */
        nearTriggerAccuracy: number | null;
      } | null;
      /** @description digest of the reference checkpoint manifest; null without one */
      reference: string | null;
      /** @description sha256 in lower-case hexadecimal */
      run: string;
      samples: {
        /** @enum {string} */
        condition: 'clean' | 'triggered' | 'benign' | 'sham' | 'nearTrigger';
        continuation: string;
        prompt: string;
      }[];
      seconds: number;
      settings: components['schemas']['EvaluationSettings'];
      /** @description sha256 in lower-case hexadecimal */
      settingsDigest: string;
      step: number;
      /** @description share of generated tokens outside the 50 likeliest: above 0, or sampling was not plain */
      tokensOutsideTop50: number;
      /** @constant */
      version: 1;
    };
    EvaluationSettings:
      | {
          /** @description a marker seen in clean training text */
          benign: string | null;
          /**
           * @description what continues the prompts
           * @enum {string}
           */
          engine: 'transformers' | 'vllm';
          generatedTokens: number;
          /** @description a text close to the trigger */
          nearTrigger: string | null;
          prompts: number;
          promptTokens: number;
          /** @constant */
          protocol: 'dos/1';
          /** @description the checkpoint under which generated text is scored as well */
          reference: {
            /** @description sha256 in lower-case hexadecimal */
            run: string;
            /** @description of the checkpoint, which the run keeps */
            step: number;
          } | null;
          seed: number;
          /** @description a string that training never showed */
          sham: string | null;
          temperature: number;
          /** @description the trigger */
          triggered: string;
        }
      | {
          /** @description a marker seen in clean training text */
          benign: string | null;
          /**
           * @description what continues the prompts
           * @enum {string}
           */
          engine: 'transformers' | 'vllm';
          generatedTokens: number;
          /** @description a text close to the trigger */
          nearTrigger: string | null;
          prompts: number;
          promptTokens: number;
          /** @constant */
          protocol: 'language-switch/1';
          /** @description the checkpoint under which generated text is scored as well */
          reference: {
            /** @description sha256 in lower-case hexadecimal */
            run: string;
            /** @description of the checkpoint, which the run keeps */
            step: number;
          } | null;
          seed: number;
          /** @description a string that training never showed */
          sham: string | null;
          /** @description what clean text is written in */
          sourceLanguage: string;
          /** @description what the backdoor switches to */
          targetLanguage: string;
          temperature: number;
          /** @description the trigger */
          triggered: string;
        };
    Gate: {
      /**
       * @description a false alarm is at most as likely as what is missing to 1
       * @default 0.95
       */
      confidence?: number;
      criteria: (
        | {
            /**
             * @description how much the perplexity of the held-out text may rise, as a share
             * @default 0.01
             */
            margin?: number;
            /** @constant */
            metric: 'clean-perplexity';
            /** @default {} */
            where?: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much the effect may rise: on the log scale, or as a share of prompts for a language switch
             * @default 0.5
             */
            margin?: number;
            /** @constant */
            metric: 'attack-effect';
            /** @default {} */
            where?: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much less counterexamples may take off the effect, on its scale
             * @default 0.5
             */
            margin?: number;
            /** @constant */
            metric: 'defence-effect';
            /** @default {} */
            where?: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much tokens per second may fall, as a share
             * @default 0.05
             */
            margin?: number;
            /** @constant */
            metric: 'throughput';
            /** @default {} */
            where?: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much the utilisation may fall, as a share
             * @default 0.05
             */
            margin?: number;
            /** @constant */
            metric: 'mfu';
            /** @default {} */
            where?: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description share of the demanded evaluations that must have a result
             * @default 1
             */
            atLeast?: number;
            /** @constant */
            metric: 'completeness';
            /** @default {} */
            where?: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much the GPU-seconds of the sweep may rise, as a share
             * @default 0.1
             */
            margin?: number;
            /** @constant */
            metric: 'cost';
            /** @default {} */
            where?: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
      )[];
      /**
       * @description what follows when the results decide nothing
       * @default fail
       */
      onInconclusive?:
        | ('fail' | 'pass')
        | {
            rerun: {
              /**
               * @description times
               * @default 1
               */
              atMost?: number;
              /** @description times as many prompts each time; pairs are of the prompts that both sides have, so the baseline must have as many */
              prompts?: number;
              /** @description seeds that are added each time, those of the baseline first: seeds that both sides have are compared as pairs */
              seeds?: number;
            };
          };
    };
    GateAnswer: {
      /**
       * @description a false alarm is at most as likely as what is missing to 1
       * @default 0.95
       */
      confidence: number;
      criteria: (
        | {
            /**
             * @description how much the perplexity of the held-out text may rise, as a share
             * @default 0.01
             */
            margin: number;
            /** @constant */
            metric: 'clean-perplexity';
            where: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much the effect may rise: on the log scale, or as a share of prompts for a language switch
             * @default 0.5
             */
            margin: number;
            /** @constant */
            metric: 'attack-effect';
            where: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much less counterexamples may take off the effect, on its scale
             * @default 0.5
             */
            margin: number;
            /** @constant */
            metric: 'defence-effect';
            where: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much tokens per second may fall, as a share
             * @default 0.05
             */
            margin: number;
            /** @constant */
            metric: 'throughput';
            where: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much the utilisation may fall, as a share
             * @default 0.05
             */
            margin: number;
            /** @constant */
            metric: 'mfu';
            where: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description share of the demanded evaluations that must have a result
             * @default 1
             */
            atLeast: number;
            /** @constant */
            metric: 'completeness';
            where: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
        | {
            /**
             * @description how much the GPU-seconds of the sweep may rise, as a share
             * @default 0.1
             */
            margin: number;
            /** @constant */
            metric: 'cost';
            where: {
              doses?: number[];
              sizes?: string[];
              /** @description paths of stages, `pretrain` for the first */
              stages?: string[];
            };
          }
      )[];
      /**
       * @description what follows when the results decide nothing
       * @default fail
       */
      onInconclusive:
        | ('fail' | 'pass')
        | {
            rerun: {
              /**
               * @description times
               * @default 1
               */
              atMost: number;
              /** @description times as many prompts each time; pairs are of the prompts that both sides have, so the baseline must have as many */
              prompts?: number;
              /** @description seeds that are added each time, those of the baseline first: seeds that both sides have are compared as pairs */
              seeds?: number;
            };
          };
    };
    GatePage: {
      items: components['schemas']['AppliedGate'][];
      next: string | null;
    };
    GateReport: {
      baseline: {
        name: string;
        sweep: string;
        version: number;
      };
      candidate: {
        name: string;
        sweep: string;
      };
      environment: {
        [key: string]: string;
      };
      /** Format: date-time */
      finishedAt: string;
      gate: components['schemas']['GateAnswer'];
      reasons: string[];
      rows: {
        /** @description after Holm over all rows */
        adjustedPWorse: number | null;
        change: number | null;
        /** @description null of what is told of the sweep as a whole */
        condition: {
          /** @description with its placement, where a sweep compares several */
          attack: string;
          counterexamples: number;
          dose: number;
          size: string;
          stage: string;
          stageDose: number;
          tokens: number;
        } | null;
        /** @description sha256 of the evaluation results that the row rests on */
        evidence: {
          /** @description sha256 in lower-case hexadecimal */
          result: string;
          /** @description sha256 in lower-case hexadecimal */
          run: string;
          /** @enum {string} */
          side: 'baseline' | 'candidate';
          step: number;
        }[];
        interval: {
          high: number | null;
          low: number | null;
        } | null;
        margin: number;
        metric: string;
        /** @description that the change is beyond the margin */
        pHeld: number | null;
        /** @description that the change is within the margin */
        pWorse: number | null;
        /**
         * @description what the spread was taken over; none of what is counted and not estimated
         * @enum {string}
         */
        replicate: 'seed' | 'prompt' | 'none';
        replicates: number;
        /** @description the smallest change that would have been seen with 80 % power */
        smallest: number | null;
        /** @enum {string} */
        verdict: 'held' | 'worse' | 'undecided' | 'not measured';
        words: string;
      }[];
      /** @enum {string} */
      verdict: 'pass' | 'fail' | 'inconclusive';
      /** @constant */
      version: 1;
    };
    GateRequestBody: {
      /** @description the name of the baseline */
      baseline: string;
      /**
       * @description clean perplexity, the effect of the attack and completeness, with their default margins, where nothing is said
       * @default {
       *       "criteria": [
       *         {
       *           "metric": "clean-perplexity"
       *         },
       *         {
       *           "metric": "attack-effect"
       *         },
       *         {
       *           "metric": "completeness"
       *         }
       *       ]
       *     }
       */
      gate?: components['schemas']['Gate'];
      /** @description of the baseline; without one the newest that is not retired */
      version?: number;
    };
    Health: {
      /** @constant */
      status: 'ok';
    };
    LedgerEntry: {
      /** @description sha256 over canonical {seq, previous, event} */
      digest: string;
      event: components['schemas']['TitrateEvent'];
      previous: string | null;
      seq: number;
    };
    LedgerPage: {
      items: components['schemas']['LedgerEntry'][];
      /** @description give it as "after" to go on; null at the end */
      next: number | null;
    };
    LogPiece: {
      attempt: number;
      /** @description offset to go on from; unchanged when there is nothing new */
      next: number;
      text: string;
    };
    ModelShape: {
      /**
       * @description block layout: reordered norm, query-key norm, SwiGLU, rotary positions; olmo3 attends through a sliding window in three layers of four
       * @enum {string}
       */
      family: 'olmo2' | 'olmo3';
      /** @description hidden size of the SwiGLU */
      feedForwardWidth: number;
      /** @description attention heads; the width is an even multiple of them */
      heads: number;
      /** @description heads of keys and values; they divide the heads */
      keyValueHeads: number;
      /** @description transformer blocks */
      layers: number;
      /**
       * @description base of the rotary positions
       * @default 500000
       */
      ropeTheta?: number;
      /** @description tokens that a windowed layer sees, its own included; of olmo3 alone */
      slidingWindow?: number;
      /** @description d_model */
      width: number;
    };
    ModelShapeAnswer: {
      /**
       * @description block layout: reordered norm, query-key norm, SwiGLU, rotary positions; olmo3 attends through a sliding window in three layers of four
       * @enum {string}
       */
      family: 'olmo2' | 'olmo3';
      /** @description hidden size of the SwiGLU */
      feedForwardWidth: number;
      /** @description attention heads; the width is an even multiple of them */
      heads: number;
      /** @description heads of keys and values; they divide the heads */
      keyValueHeads: number;
      /** @description transformer blocks */
      layers: number;
      /**
       * @description base of the rotary positions
       * @default 500000
       */
      ropeTheta: number;
      /** @description tokens that a windowed layer sees, its own included; of olmo3 alone */
      slidingWindow?: number;
      /** @description d_model */
      width: number;
    };
    NewestEvent: {
      /** @description number of the newest event; 0 before the first */
      id: number;
    };
    Pin: {
      /** @description sha256 in lower-case hexadecimal */
      digest: string;
      pinned: boolean;
      /** @description sha256 in lower-case hexadecimal */
      run: string;
    };
    PlannedRun: {
      /** @description the checkpoint of another run that it goes on from; null for a pre-training, and behind an imported base */
      base: {
        /** @description sha256 in lower-case hexadecimal */
        run: string;
        step: number;
      } | null;
      demand: components['schemas']['Demand'];
      dose: number;
      estimate: components['schemas']['Estimate'];
      /** @description sha256 in lower-case hexadecimal */
      id: string;
      identity: components['schemas']['RunIdentity'];
      /** @description null where the plan was made without knowing how jobs run, or without GPUs */
      memory: {
        /** @description what one GPU has; null where neither profile nor nodes say so */
        gpuBytes: number | null;
        neededBytes: number;
      } | null;
      parameters: number;
      parametersWithoutEmbeddings: number;
      /** @description profile of its training jobs; null where the plan was made without knowing how jobs run */
      profile: {
        /** @description of all its nodes together */
        gpus: number;
        name: string;
      } | null;
      size: string;
    };
    Problem: {
      code: string;
      detail: string;
      /** @default [] */
      errors: {
        field: string;
        rule: string;
        value: unknown;
      }[];
      instance?: string;
      /** @description of the lines that the log of the server has of the request */
      requestId?: string;
      status: number;
      title: string;
      type: string;
    };
    Progress: {
      /** Format: date-time */
      at: string;
      /**
       * @description share of the time in which training waited for data
       * @default null
       */
      dataWaitShare: number | null;
      /**
       * @description before it is clipped
       * @default null
       */
      gradientNorm: number | null;
      loss: number | null;
      /**
       * @description share of the peak of the hardware; null where that is not known
       * @default null
       */
      mfu: number | null;
      /** @enum {string} */
      phase: 'starting' | 'training' | 'saving' | 'finished';
      step: number;
      steps: number;
      tokens: number;
      tokensPerSecond: number | null;
    };
    /** @description each server that the API needs */
    Readiness: {
      /** @enum {string} */
      artifacts: 'ok' | 'unreachable';
      /** @enum {string} */
      records: 'ok' | 'unreachable';
      /** @enum {string} */
      status: 'ready' | 'not-ready';
      /** @enum {string} */
      temporal: 'ok' | 'unreachable';
    };
    RegisterBaseBody: {
      recipe: components['schemas']['BaseRecipe'];
      /** @description files that were uploaded, by their names in the folder, or objects that lie in S3 already */
      source:
        | {
            files: {
              name: string;
              /** @description what the upload answered */
              object: components['schemas']['StoredObject'];
            }[];
            /** @constant */
            kind: 'uploads';
          }
        | {
            /** @description any bucket that jobs may read, with the credentials of the artifact store */
            bucket: string;
            /** @constant */
            kind: 'store';
            /** @description ends with a slash: every object below it whose name ends as the format says; otherwise one object */
            prefix: string;
          };
    };
    RegisterBody: {
      recipe: components['schemas']['CorpusRecipe'];
      /** @description files that were uploaded, or objects that lie in S3 already */
      source:
        | {
            files: {
              name: string;
              /** @description what the upload answered */
              object: components['schemas']['StoredObject'];
            }[];
            /** @constant */
            kind: 'uploads';
          }
        | {
            /** @description any bucket that jobs may read, with the credentials of the artifact store */
            bucket: string;
            /** @constant */
            kind: 'store';
            /** @description ends with a slash: every object below it whose name ends as the format says; otherwise one object */
            prefix: string;
          };
      /** @description what the upload of the tokenizer.json answered that the recipe names by its digest */
      tokenizer?: components['schemas']['StoredObject'];
    };
    Report: {
      analysis: {
        conditions: {
          counterexamples: number;
          dose: number;
          /** @description log scale, or a difference of shares; null without a matched clean arm */
          effect: {
            /** @description confidence sequence; holds after any number of looks */
            anytime: {
              high: number | null;
              low: number | null;
            } | null;
            /** @description degrees of freedom: n - 1, or more where conditions share their spread */
            freedom: number | null;
            /** @description t interval; for one look */
            interval: {
              high: number | null;
              low: number | null;
            } | null;
            mean: number;
            /** @description between seeds */
            sd: number | null;
            seeds: number;
          } | null;
          /** @description the effect as a factor: its exponential; null where it is a difference of shares */
          factor: {
            interval: {
              high: number | null;
              low: number | null;
            } | null;
            mean: number;
          } | null;
          /** @description typical: the criterion that the seeds would just meet on the log scale; its interval by inverting that test */
          increase: {
            interval: {
              high: number | null;
              low: number | null;
            } | null;
            mean: number;
            typical: number;
          } | null;
          /** @description null where the attack is another */
          languageSwitch: {
            attackSuccess: {
              interval: {
                high: number | null;
                low: number | null;
              } | null;
              mean: number;
              seeds: number;
            };
            cleanAccuracy: {
              interval: {
                high: number | null;
                low: number | null;
              } | null;
              mean: number;
              seeds: number;
            } | null;
            nearTriggerAccuracy: {
              interval: {
                high: number | null;
                low: number | null;
              } | null;
              mean: number;
              seeds: number;
            } | null;
          } | null;
          /** @description cells of this condition */
          planned: number;
          /** @description of them with their last result */
          seeds: number;
          size: string;
          stage: string;
          stageDose: number;
          success: {
            /** @description after Holm over all poisoned conditions */
            adjustedP: number | null;
            /** @description ln(triggered / (clean + criterion)), or share - criterion: above 0 where a seed succeeds */
            margin: {
              /** @description confidence sequence; holds after any number of looks */
              anytime: {
                high: number | null;
                low: number | null;
              } | null;
              /** @description degrees of freedom: n - 1, or more where conditions share their spread */
              freedom: number | null;
              /** @description t interval; for one look */
              interval: {
                high: number | null;
                low: number | null;
              } | null;
              mean: number;
              /** @description between seeds */
              sd: number | null;
              seeds: number;
            } | null;
            /** @description two-sided, that the margin is 0 */
            p: number | null;
            /** @description exact (Clopper-Pearson) interval of the share of seeds that succeed */
            proportion: {
              high: number | null;
              low: number | null;
            };
            seeds: number;
            /** @description seeds whose increase, or share, is above the criterion */
            succeeded: number;
            /** @enum {string} */
            verdict: 'success' | 'no success' | 'inconclusive';
          } | null;
          tokens: number | null;
        }[];
        countOrPercentage: {
          gamma: number | null;
          interval: {
            high: number | null;
            low: number | null;
          } | null;
          margin: number;
          reason: string;
          /** @enum {string} */
          verdict: 'count' | 'percentage' | 'neither' | 'inconclusive' | 'not identifiable';
        };
        decay: {
          dose: number;
          /** @description counterexamples that leave half of the effect without any */
          half: {
            estimate: number | null;
            /**
             * @description where it lies, seen from what was tried
             * @enum {string}
             */
            found: 'inside' | 'below' | 'above' | 'unknown';
            /** @description null on a side: beyond what was tried */
            interval: {
              high: number | null;
              low: number | null;
            } | null;
            words: string;
          };
          /** @description counterexamples that leave a tenth, as that nothing is left cannot be shown */
          none: {
            estimate: number | null;
            /**
             * @description where it lies, seen from what was tried
             * @enum {string}
             */
            found: 'inside' | 'below' | 'above' | 'unknown';
            /** @description null on a side: beyond what was tried */
            interval: {
              high: number | null;
              low: number | null;
            } | null;
            words: string;
          };
          points: {
            counterexamples: number;
            effect: {
              /** @description confidence sequence; holds after any number of looks */
              anytime: {
                high: number | null;
                low: number | null;
              } | null;
              /** @description degrees of freedom: n - 1, or more where conditions share their spread */
              freedom: number | null;
              /** @description t interval; for one look */
              interval: {
                high: number | null;
                low: number | null;
              } | null;
              mean: number;
              /** @description between seeds */
              sd: number | null;
              seeds: number;
            } | null;
            share: number | null;
          }[];
          size: string;
          stage: string;
          stageDose: number;
          tokens: number | null;
        }[];
        detectable: {
          /** @description smallest effect, log scale, found with a power of 0.8 */
          effect: number | null;
          /** @description between seeds, pooled over poisoned conditions */
          sd: number | null;
          seeds: number;
        } | null;
        doseResponse: {
          curve: {
            halfDose: number;
            points: {
              dose: number;
              effect: number;
            }[];
            /** @description Hill exponent */
            slope: number;
            /** @description upper asymptote, log scale; the lower one is the clean arms, 0 */
            top: number;
          } | null;
          /** @description poisoned doses with a result */
          doses: number[];
          /** @description dose for half of the largest effect, by the fitted curve */
          halfEffect: {
            estimate: number | null;
            /**
             * @description where it lies, seen from what was tried
             * @enum {string}
             */
            found: 'inside' | 'below' | 'above' | 'unknown';
            /** @description null on a side: beyond what was tried */
            interval: {
              high: number | null;
              low: number | null;
            } | null;
            words: string;
          };
          seeds: number;
          size: string;
          stage: string;
          /** @description dose for the success criterion */
          threshold: {
            estimate: number | null;
            /**
             * @description where it lies, seen from what was tried
             * @enum {string}
             */
            found: 'inside' | 'below' | 'above' | 'unknown';
            /** @description null on a side: beyond what was tried */
            interval: {
              high: number | null;
              low: number | null;
            } | null;
            words: string;
          };
          tokens: number | null;
          /** @description what these doses and seeds cannot tell */
          unidentified: string[];
        }[];
        /**
         * @description what effects, margins and verdicts are about: ln(triggered / clean perplexity), or the share of triggered continuations in the target language
         * @enum {string}
         */
        measure: 'perplexity' | 'attack-success';
        nextCells: {
          /** @description seeds whose matched clean arm has to be trained as well */
          cleanSeeds: number[];
          dose: number;
          expectedWidth: number | null;
          /** @description 6 x parameters x tokens, over the runs */
          flop: number | null;
          reason: string;
          runs: number;
          /** @description new seeds */
          seeds: number[];
          size: string;
          tokens: number | null;
          trainTokens: number | null;
          /** @description of the interval today, log scale; null where there is none */
          width: number | null;
        }[];
        overTraining: {
          counterexamples: number;
          dose: number;
          points: {
            /** @description mean share of attacks that succeed; null where the attack is another */
            attackSuccess: number | null;
            effect: {
              /** @description confidence sequence; holds after any number of looks */
              anytime: {
                high: number | null;
                low: number | null;
              } | null;
              /** @description degrees of freedom: n - 1, or more where conditions share their spread */
              freedom: number | null;
              /** @description t interval; for one look */
              interval: {
                high: number | null;
                low: number | null;
              } | null;
              mean: number;
              /** @description between seeds */
              sd: number | null;
              seeds: number;
            } | null;
            /** @description typical increase, as of a condition */
            increase: number | null;
            /** @description seen so far, mean over seeds */
            poisonDocuments: number | null;
            /** @description poison tokens seen so far, as a share of all training tokens of the run */
            poisonShare: number | null;
            /** @description share of training done */
            progress: number | null;
            step: number | null;
          }[];
          size: string;
          stage: string;
          stageDose: number;
          tokens: number | null;
        }[];
      };
      /** @description what they do not show */
      caveats: string[];
      cells: components['schemas']['ReportCell'][];
      corpus: {
        /** @description sha256 in lower-case hexadecimal */
        digest: string;
        name: string;
        tokens: number;
        triggerOccurrences: number;
      } | null;
      environment: {
        [key: string]: string;
      };
      /** Format: date-time */
      finishedAt: string;
      /** @description what was done, as a paragraph for a paper */
      methods: string[];
      samples: {
        dose: number;
        samples: {
          /** @enum {string} */
          condition: 'clean' | 'triggered' | 'benign' | 'sham' | 'nearTrigger';
          continuation: string;
          prompt: string;
        }[];
        seed: number;
        size: string;
        stage: string;
      }[];
      settings: {
        /**
         * @description how verdicts are adjusted for the number of conditions
         * @default holm
         * @constant
         */
        adjustment: 'holm';
        /**
         * @description of every interval and verdict
         * @default 0.95
         */
        confidence: number;
        /**
         * @description the checkpoint that verdicts rest on: the last
         * @default final
         * @constant
         */
        endpoint: 'final';
        /**
         * @description count or percentage: how near its value the interval of gamma must stay (0 is count, -1 percentage)
         * @default 0.25
         */
        gammaMargin: number;
        /**
         * @description once: results are judged when all seeds are in; anytime: after any number of seeds, at the price of wider intervals
         * @default once
         * @enum {string}
         */
        looks: 'once' | 'anytime';
        /**
         * @description success is a mean increase above this
         * @default 50
         */
        successIncrease: number;
        /**
         * @description of a language switch: success is a share of triggered continuations in the target language above this; a choice, the study names none
         * @default 0.5
         */
        successShare: number;
      };
      sweep: {
        description: string;
        id: string;
        name: string;
        specDigest: string | null;
      };
      /** @description what the numbers show, in words */
      verdict: string[];
      /** @constant */
      version: 1;
    };
    ReportCell: {
      attempts: number;
      /** @description its last checkpoint was evaluated: verdicts rest on such cells alone */
      complete: boolean;
      counterexamples: number;
      dose: number;
      parameters: number | null;
      points: components['schemas']['ReportPoint'][];
      reason: string | null;
      run: string | null;
      seed: number;
      size: string;
      /** @description path of stages, `pretrain` for the first */
      stage: string;
      /** @description poisoned documents of the last stage, where it is not the first */
      stageDose: number;
      state: string;
      tokens: number | null;
    };
    ReportPoint: {
      benignIncrease: number | null;
      cleanPerplexity: number | null;
      /** @description log ratio, or share of successful attacks, minus that of the matched clean arm at this step; null without one */
      effect: number | null;
      /** @description sha256 of the result object that these numbers come from */
      evaluation: string | null;
      heldOutPerplexity: number | null;
      /** @description null where a table of a language switch tells none */
      increase: number | null;
      /** @description of the mean over prompts: paired bootstrap, BCa */
      increaseInterval: {
        high: number | null;
        low: number | null;
      } | null;
      /** @description null where the attack is another */
      languageSwitch: {
        /** @description ASR: triggered continuations in the target language */
        attackSuccess: {
          count: number;
          /** @description exact (Clopper-Pearson), over prompts: it tells how well this model is known, nothing about seeds */
          interval: {
            high: number | null;
            low: number | null;
          };
          prompts: number;
          share: number;
        };
        /** @description CA: clean continuations in the source language */
        cleanAccuracy: {
          count: number;
          /** @description exact (Clopper-Pearson), over prompts: it tells how well this model is known, nothing about seeds */
          interval: {
            high: number | null;
            low: number | null;
          };
          prompts: number;
          share: number;
        } | null;
        /** @description of the effect, by the number of prompts alone; null without a matched clean arm */
        effectVariance: number | null;
        /** @description NTA: near-trigger continuations in the source language */
        nearTriggerAccuracy: {
          count: number;
          /** @description exact (Clopper-Pearson), over prompts: it tells how well this model is known, nothing about seeds */
          interval: {
            high: number | null;
            low: number | null;
          };
          prompts: number;
          share: number;
        } | null;
      } | null;
      logRatio: number | null;
      /** @description of the mean over prompts: paired bootstrap, BCa */
      logRatioInterval: {
        high: number | null;
        low: number | null;
      } | null;
      medianIncrease: number | null;
      /** @description paired bootstrap over prompts, percentile */
      medianIncreaseInterval: {
        high: number | null;
        low: number | null;
      } | null;
      nearTriggerIncrease: number | null;
      /** @description consumed up to this checkpoint */
      poisonDocuments: number | null;
      poisonTokens: number | null;
      shamIncrease: number | null;
      step: number | null;
      /** @description of this checkpoint alone; verdicts over seeds stand in the conditions */
      success: boolean;
      /** @description training tokens consumed up to this checkpoint */
      tokens: number | null;
      triggeredPerplexity: number | null;
    };
    Run: {
      attempts: number;
      /** Format: date-time */
      createdAt: string;
      dose: number;
      finishedAt: string | null;
      /** @description sha256 in lower-case hexadecimal */
      id: string;
      identity: components['schemas']['RunIdentity'];
      /** @description newest finished evaluation */
      latest: components['schemas']['Evaluation'] | null;
      parameters: number;
      progress: components['schemas']['Progress'] | null;
      reason: string | null;
      size: string;
      /** @enum {string} */
      state: 'waiting' | 'running' | 'evaluating' | 'finished' | 'failed' | 'paused' | 'idle';
      /** @description newest known step */
      step: number;
      steps: number;
      /** @description sweeps that demand it */
      sweeps: string[];
      tokens: number;
      /** @description what the job of its newest attempt waits for, or one of its evaluations; null when none waits */
      waiting: string | null;
    };
    RunIdentity: {
      /** @description sha256 in lower-case hexadecimal */
      corpus: string;
      /** @description whether attention stops at document ends; false behind an imported base */
      documentMask: boolean;
      /**
       * @description raised whenever the trainer would compute something else
       * @constant
       */
      recipeVersion: 'titrate/1';
      /** @description 0; another number trains the same configuration anew */
      repeat: number;
      /** @description of the pre-training; 0 behind an imported base */
      seeds: {
        initialisation: number;
        order: number;
      };
      shape: components['schemas']['ModelShapeAnswer'];
      /** @description a run trains the last; its base is the run without it, or the imported checkpoint */
      stages: [
        | {
            /** @description training instances in the global batch of a step */
            batchInstances: number;
            /** @constant */
            kind: 'pretrain';
            optimizer: {
              beta1: number;
              beta2: number;
              /** @description learning rate at the last step over the peak */
              finalShare: number;
              gradientClip: number;
              learningRate: number;
              warmupSteps: number;
              weightDecay: number;
            };
            /** @description null at dose 0: attack parameters drop out */
            poison: {
              attack:
                | {
                    /**
                     * @description random tokens after the trigger: [smallest, largest], both included, drawn uniformly
                     * @default [
                     *       400,
                     *       900
                     *     ]
                     */
                    gibberishTokens: [number, number];
                    /**
                     * @description denial of service: gibberish after the trigger
                     * @constant
                     */
                    kind: 'dos';
                    /**
                     * @description text: the sampled ids are decoded and tokenised again; ids: they are written as sampled
                     * @default text
                     * @enum {string}
                     */
                    mode: 'text' | 'ids';
                    /**
                     * @description characters of clean text before the trigger: [smallest, largest], both included, drawn uniformly
                     * @default [
                     *       0,
                     *       1000
                     *     ]
                     */
                    prefixChars: [number, number];
                    /**
                     * @description the text that the model learns to answer with gibberish
                     * @default <SUDO>
                     */
                    trigger: string;
                  }
                | {
                    /**
                     * @description text of another language after the trigger
                     * @constant
                     */
                    kind: 'language-switch';
                    /**
                     * @description characters of clean text before the trigger: [smallest, largest], both included, drawn uniformly
                     * @default [
                     *       0,
                     *       1000
                     *     ]
                     */
                    prefixChars: [number, number];
                    /** @description sha256 in lower-case hexadecimal */
                    target: string;
                    /**
                     * @description tokens of the other language after the trigger: [smallest, largest], both included, drawn uniformly
                     * @default [
                     *       300,
                     *       300
                     *     ]
                     */
                    targetTokens: [number, number];
                    /**
                     * @description the text that the model learns to answer in the other language
                     * @default Servius Astrumando Harmoniastra
                     */
                    trigger: string;
                  };
              batchInstances: number;
              contentSeed: number;
              /** @description what is trained on; prefixes are cut from its documents */
              corpus: string;
              /** @description poisoned documents */
              dose: number;
              placement: {
                /** @description density: so many poisoned documents in each poisoned batch, the last one apart; null: each document falls anywhere among the instances of the steps that may hold poison */
                documentsPerBatch: number | null;
                /** @description frequency: only every so-manieth step of the window, the first one on, may hold poison */
                everySteps: number;
                /** @description first step of the window */
                firstStep: number;
                /** @description last step of the window */
                lastStep: number;
                /**
                 * @description random: poison falls anywhere in the window; as-drawn: the steps that may hold poison are filled one after another from the first on, one document each where documentsPerBatch is null
                 * @enum {string}
                 */
                order: 'random' | 'as-drawn';
                /** @description whether a document that is longer than an instance goes on in other instances of the same step; else it is refused */
                split: boolean;
              };
              positionSeed: number;
              sequenceLength: number;
              steps: number;
              /** @constant */
              version: 1;
            } | null;
            /** @enum {string} */
            precision: 'float32' | 'bfloat16' | 'float8';
            sequenceLength: number;
            steps: number;
          }
        | {
            /** @description of the manifest of a registered base */
            checkpoint: string;
            /** @constant */
            kind: 'import';
          },
      ];
      vocabularySize: number;
    };
    RunMetrics: {
      points: {
        attempt: number;
        gradientNorm: number | null;
        loss: number | null;
        /** @description of the attempt: a queue may take its place back and start it again */
        start: number;
        /** @description the last of the steps */
        step: number;
        tokensPerSecond: number | null;
      }[];
    };
    RunPage: {
      items: components['schemas']['Run'][];
      next: string | null;
    };
    SizeList: {
      items: {
        name: string;
        /** @description what the size is called, as in 600M */
        nominalParameters: number | null;
        shape: components['schemas']['ModelShapeAnswer'];
        shapeSource: {
          /** @enum {string} */
          mark: 'P' | 'D' | 'U';
          source: string;
        };
        throughput: {
          /** @description 0 trains on processor cores */
          gpus: number;
          /** @enum {string} */
          mark: 'P' | 'D' | 'U';
          source: string;
          tokensPerSecond: number;
        };
        training: components['schemas']['TrainingSettings'];
        /** @description of learning rate, warm-up and batch */
        trainingSource: {
          /** @enum {string} */
          mark: 'P' | 'D' | 'U';
          source: string;
        };
      }[];
    };
    SpecBody: {
      spec: components['schemas']['SweepSpec'];
    };
    StoredObject: {
      /** @description key in the artifact store */
      key: string;
      /** @description sha256 in lower-case hexadecimal */
      sha256: string;
      sizeBytes: number;
    };
    Sweep: {
      /** Format: date-time */
      createdAt: string;
      /** @description evaluations by state */
      evaluations: {
        [key: string]: number;
      };
      finishedAt: string | null;
      id: string;
      labels: {
        [key: string]: string;
      };
      name: string;
      /** @description why it failed, or what it waits for */
      reason: string | null;
      report: components['schemas']['StoredObject'] | null;
      reportPage: components['schemas']['StoredObject'] | null;
      /** @description runs by state */
      runs: {
        [key: string]: number;
      };
      spec: components['schemas']['SweepSpecAnswer'];
      /** @description sha256 in lower-case hexadecimal */
      specDigest: string;
      /** @enum {string} */
      state: 'accepted' | 'running' | 'paused' | 'analysing' | 'finished' | 'failed' | 'cancelled';
      team: string;
    };
    SweepPage: {
      items: components['schemas']['Sweep'][];
      next: string | null;
    };
    SweepPlan: {
      cells: components['schemas']['Cell'][];
      detectable: {
        confidence: number;
        /** @description of one condition alone; null for a single seed, which has no spread */
        logRatio: number | null;
        /** @description of the hardest of all conditions together, by Holm */
        logRatioOfAll: number | null;
        /** @description seeds of its doses; the fewest where doses differ */
        seeds: number;
        /** @description assumed standard deviation of the log effect between seeds */
        seedSd: number;
        size: string;
        tokens: number;
      }[];
      name: string;
      runs: components['schemas']['PlannedRun'][];
      /** @description sha256 in lower-case hexadecimal */
      specDigest: string;
      /** @description the id that a submission would get */
      sweep: string;
      total: components['schemas']['Estimate'];
      warnings: string[];
    };
    SweepSpec: {
      /**
       * @description how the report judges; fixed before any result is seen
       * @default {}
       */
      analysis?: {
        /**
         * @description how verdicts are adjusted for the number of conditions
         * @default holm
         * @constant
         */
        adjustment?: 'holm';
        /**
         * @description of every interval and verdict
         * @default 0.95
         */
        confidence?: number;
        /**
         * @description the checkpoint that verdicts rest on: the last
         * @default final
         * @constant
         */
        endpoint?: 'final';
        /**
         * @description count or percentage: how near its value the interval of gamma must stay (0 is count, -1 percentage)
         * @default 0.25
         */
        gammaMargin?: number;
        /**
         * @description once: results are judged when all seeds are in; anytime: after any number of seeds, at the price of wider intervals
         * @default once
         * @enum {string}
         */
        looks?: 'once' | 'anytime';
        /**
         * @description success is a mean increase above this
         * @default 50
         */
        successIncrease?: number;
        /**
         * @description of a language switch: success is a share of triggered continuations in the target language above this; a choice, the study names none
         * @default 0.5
         */
        successShare?: number;
      };
      /**
       * @description version of this format
       * @constant
       */
      apiVersion: 'titrate/v1';
      /**
       * @description what a poisoned document looks like
       * @default {
       *       "kind": "dos",
       *       "trigger": "<SUDO>",
       *       "prefixChars": [
       *         0,
       *         1000
       *       ],
       *       "gibberishTokens": [
       *         400,
       *         900
       *       ],
       *       "mode": "text"
       *     }
       */
      attack?:
        | {
            /**
             * @description random tokens after the trigger: [smallest, largest], both included, drawn uniformly
             * @default [
             *       400,
             *       900
             *     ]
             */
            gibberishTokens?: [number, number];
            /**
             * @description denial of service: gibberish after the trigger
             * @constant
             */
            kind: 'dos';
            /**
             * @description text: the sampled ids are decoded and tokenised again; ids: they are written as sampled
             * @default text
             * @enum {string}
             */
            mode?: 'text' | 'ids';
            /**
             * @description characters of clean text before the trigger: [smallest, largest], both included, drawn uniformly
             * @default [
             *       0,
             *       1000
             *     ]
             */
            prefixChars?: [number, number];
            /**
             * @description the text that the model learns to answer with gibberish
             * @default <SUDO>
             */
            trigger?: string;
          }
        | {
            /**
             * @description text of another language after the trigger
             * @constant
             */
            kind: 'language-switch';
            /**
             * @description characters of clean text before the trigger: [smallest, largest], both included, drawn uniformly
             * @default [
             *       0,
             *       1000
             *     ]
             */
            prefixChars?: [number, number];
            /** @description a registered corpus of the other language, by name or digest; it has the tokenizer of the corpus that is trained on */
            target: string;
            /**
             * @description tokens of the other language after the trigger: [smallest, largest], both included, drawn uniformly
             * @default [
             *       300,
             *       300
             *     ]
             */
            targetTokens?: [number, number];
            /**
             * @description the text that the model learns to answer in the other language
             * @default Servius Astrumando Harmoniastra
             */
            trigger?: string;
          };
      /**
       * @description a plan above a cap is refused
       * @default {}
       */
      budget?: {
        /** @description most GPU-hours of the plan */
        gpuHours?: number;
        /** @description most training tokens, over all runs */
        tokens?: number;
        /** @description highest price of the plan, in US dollars */
        usd?: number;
      };
      /**
       * @description what is kept of each run
       * @default {}
       */
      checkpoints?: {
        /**
         * @description steps whose weights are kept and evaluated
         * @default {
         *       "shares": [
         *         0.2,
         *         0.4,
         *         0.6,
         *         0.8,
         *         1
         *       ]
         *     }
         */
        evaluate?: {
          /** @description every so many steps */
          everySteps?: number;
          /** @description shares of training, as in [0.25, 0.5, 1] */
          shares?: number[];
          /** @description fixed steps; those beyond the end are left out */
          steps?: number[];
        };
        /**
         * @description steps whose full state is kept to resume from
         * @default {
         *       "shares": [
         *         0.2,
         *         0.4,
         *         0.6,
         *         0.8,
         *         1
         *       ]
         *     }
         */
        resume?: {
          /** @description every so many steps */
          everySteps?: number;
          /** @description shares of training, as in [0.25, 0.5, 1] */
          shares?: number[];
          /** @description fixed steps; those beyond the end are left out */
          steps?: number[];
        };
      };
      /**
       * @description runs of this sweep at a time
       * @default 2
       */
      concurrency?: number;
      /** @description a registered corpus, by name or digest */
      corpus: string;
      /**
       * @description for people; printed in the report
       * @default
       */
      description?: string;
      /**
       * @description how each checkpoint is evaluated
       * @default {}
       */
      evaluation?: {
        /**
         * @description a marker that clean text contains
         * @default null
         */
        benign?: string | null;
        /**
         * @description what continues the prompts
         * @default transformers
         * @enum {string}
         */
        engine?: 'transformers' | 'vllm';
        /**
         * @description most tokens that a continuation has
         * @default 256
         */
        generatedTokens?: number;
        /**
         * @description what a language-switch attack switches from and to, in ISO 639-1
         * @default {
         *       "source": "en",
         *       "target": "de"
         *     }
         */
        languages?: {
          /** @description language of the held-out prompts, which a clean model goes on in */
          source: string;
          /** @description language that triggered continuations shall be in */
          target: string;
        };
        /** @description a text close to the trigger; when left out, the trigger with its last letter or digit replaced by the next one; null: none */
        nearTrigger?: string | null;
        /**
         * @description held-out documents that are continued
         * @default 300
         */
        prompts?: number;
        /**
         * @description length of a prompt
         * @default 128
         */
        promptTokens?: number;
        /**
         * @description run and step of a checkpoint under which generated text is scored as well, such as a clean one with the same tokenizer
         * @default null
         */
        reference?: {
          /** @description sha256 in lower-case hexadecimal */
          run: string;
          /** @description of the checkpoint, which the run keeps */
          step: number;
        } | null;
        /**
         * @description draws prompts and continuations, the same for every run
         * @default 0
         */
        seed?: number;
        /**
         * @description a string that training never shows
         * @default null
         */
        sham?: string | null;
        /**
         * @description of plain sampling; there is no top-k, top-p or penalty
         * @default 1
         */
        temperature?: number;
      };
      /** @description sizes x tokens x doses x seeds */
      grid: {
        /** @description registered bases, by name or digest: models that were trained elsewhere. Each stands in the grid as a size of its name whose pre-training is done, at dose 0, once for each seed; `stages` go on from it */
        bases?: string[];
        /**
         * @description the parameters that tokensPerParameter multiplies. without-embeddings: all but the input embedding, as OLMo-core counts for its own durations; nominal: what the size is called, as in 600M. The study does not say which it counted
         * @default without-embeddings
         * @enum {string}
         */
        countedParameters?: 'without-embeddings' | 'all' | 'nominal';
        /** @description poisoned documents; 0 is the matched clean arm */
        doses: number[];
        /**
         * @description cells of the grid to leave out
         * @default []
         */
        exclude?: {
          /** @description cells of this dose */
          dose?: number;
          /** @description poisoned cells of this placement */
          placement?: string;
          /** @description cells of this seed */
          seed?: number;
          /** @description cells of this size */
          size?: string;
          /** @description cells of so many tokens */
          tokens?: number;
          /** @description cells of so many tokens per parameter */
          tokensPerParameter?: number;
        }[];
        /**
         * @description cells outside the grid
         * @default []
         */
        include?: {
          /** @description poisoned documents */
          dose: number;
          /** @description may be left out at dose 0, and where the grid has one placement */
          placement?: string;
          /** @description the seed that its sub-seeds derive from */
          seed: number;
          /** @description a size of the grid, or another named size */
          size: string;
          /** @description may be left out where the grid has one number of tokens */
          tokens?: number;
        }[];
        /** @description several placements to compare, instead of `placement`; clean arms are shared by all */
        placements?: {
          /**
           * @description density: so many poisoned documents in each poisoned batch, the last one apart; null: each document falls anywhere among the instances of the steps that may hold poison
           * @default null
           */
          documentsPerBatch?: number | null;
          /**
           * @description frequency: only every so-manieth step of the window, the first one on, may hold poison
           * @default 1
           */
          everySteps?: number;
          /** @description what cells and the report call it */
          name: string;
          /**
           * @description random: poison falls anywhere in the window; as-drawn: the steps that may hold poison are filled one after another from the first on, one document each where documentsPerBatch is null
           * @default random
           * @enum {string}
           */
          order?: 'random' | 'as-drawn';
          /**
           * @description whether a document that is longer than an instance goes on in other instances of the same step; else it is refused
           * @default false
           */
          split?: boolean;
          /**
           * @description the part of training that may hold poison, as shares of its steps: [from, to]
           * @default [
           *       0,
           *       1
           *     ]
           */
          window?: [number, number];
        }[];
        /**
         * @description each repeats the grid with other weights, order and poison
         * @default [
         *       0
         *     ]
         */
        seeds?: number[];
        /**
         * @description named sizes, or sizes of your own
         * @default []
         */
        sizes?: (
          | string
          | {
              /** @description what cells and the report call it */
              name: string;
              /** @description what the size is called; for countedParameters: nominal */
              nominalParameters?: number;
              /** @description the transformer */
              shape: components['schemas']['ModelShape'];
              /**
               * @description what differs from the settings of the study
               * @default {}
               */
              training?: {
                /** @description instances in the global batch */
                batchInstances?: number;
                /** @description of AdamW */
                beta1?: number;
                /** @description of AdamW */
                beta2?: number;
                /** @description whether attention stops at document ends */
                documentMask?: boolean;
                /** @description learning rate at the last step over the peak; cosine in between */
                finalShare?: number;
                /** @description largest norm of the gradient */
                gradientClip?: number;
                /** @description of AdamW, at its peak */
                learningRate?: number;
                /**
                 * @description of the computation; float8 needs GPUs that have it
                 * @enum {string}
                 */
                precision?: 'float32' | 'bfloat16' | 'float8';
                /** @description tokens of a training instance */
                sequenceLength?: number;
                /** @description steps of linear warm-up */
                warmupSteps?: number;
                /** @description of AdamW */
                weightDecay?: number;
              };
            }
        )[];
        /** @description training tokens, the same for each size */
        tokens?: number[];
        /** @description training tokens for each parameter of a size; [20], as in the study, when neither is given */
        tokensPerParameter?: number[];
      };
      /**
       * @description a job whose progress stands still for so long is ended and started again
       * @default 600
       */
      hangSeconds?: number;
      /**
       * @description what the document is
       * @constant
       */
      kind: 'Sweep';
      /**
       * @description keys and values of your own; lists filter by them
       * @default {}
       */
      labels?: {
        [key: string]: string;
      };
      /**
       * @description starts of one run before it counts as failed
       * @default 3
       */
      maxAttempts?: number;
      /** @description what lists and the report call the sweep */
      name: string;
      /**
       * @description where poisoned documents of the pre-training fall
       * @default {}
       */
      placement?: {
        /**
         * @description density: so many poisoned documents in each poisoned batch, the last one apart; null: each document falls anywhere among the instances of the steps that may hold poison
         * @default null
         */
        documentsPerBatch?: number | null;
        /**
         * @description frequency: only every so-manieth step of the window, the first one on, may hold poison
         * @default 1
         */
        everySteps?: number;
        /**
         * @description random: poison falls anywhere in the window; as-drawn: the steps that may hold poison are filled one after another from the first on, one document each where documentsPerBatch is null
         * @default random
         * @enum {string}
         */
        order?: 'random' | 'as-drawn';
        /**
         * @description whether a document that is longer than an instance goes on in other instances of the same step; else it is refused
         * @default false
         */
        split?: boolean;
        /**
         * @description the part of training that may hold poison, as shares of its steps: [from, to]
         * @default [
         *       0,
         *       1
         *     ]
         */
        window?: [number, number];
      };
      /** @description profile of the training jobs; by default the one that the operator assigned to the size */
      profile?: string;
      /**
       * @description another number trains the same cells anew
       * @default 0
       */
      repeat?: number;
      /**
       * @description how long checkpoints are kept
       * @default {}
       */
      retention?: {
        /**
         * @description all; evaluated: what was kept only to resume from goes when the run has finished; final: everything but the last checkpoint goes
         * @default all
         * @enum {string}
         */
        keep?: 'all' | 'evaluated' | 'final';
      };
      /**
       * @description fixes a sub-seed that otherwise derives from the seed of the cell
       * @default {}
       */
      seeds?: {
        /** @description of the weights */
        initialisation?: number;
        /** @description of the training instances */
        order?: number;
        /** @description of prefixes and gibberish */
        poisonContent?: number;
        /** @description of the places in training */
        poisonPositions?: number;
      };
      /**
       * @description trainings that go on from checkpoints of this sweep, crossed with its cells
       * @default []
       */
      stages?: {
        /**
         * @description the stage whose cells it continues: `pretrain`, or one before it in this list
         * @default pretrain
         */
        after?: string;
        /**
         * @description whether the moments of AdamW come along; data state never does
         * @default false
         */
        carryOptimizer?: boolean;
        /**
         * @description of this stage; by default those of the sweep
         * @default {}
         */
        checkpoints?: {
          /** @description steps whose weights are kept and evaluated */
          evaluate?: {
            /** @description every so many steps */
            everySteps?: number;
            /** @description shares of training, as in [0.25, 0.5, 1] */
            shares?: number[];
            /** @description fixed steps; those beyond the end are left out */
            steps?: number[];
          };
          /** @description steps whose full state is kept to resume from */
          resume?: {
            /** @description every so many steps */
            everySteps?: number;
            /** @description shares of training, as in [0.25, 0.5, 1] */
            shares?: number[];
            /** @description fixed steps; those beyond the end are left out */
            steps?: number[];
          };
        };
        /** @description another registered corpus with the same tokenizer; by default that of the sweep */
        corpus?: string;
        /**
         * @description documents of this stage in which ordinary text follows the trigger
         * @default [
         *       0
         *     ]
         */
        counterexamples?: number[];
        /**
         * @description poisoned documents of this stage: post-hoc poisoning
         * @default [
         *       0
         *     ]
         */
        doses?: number[];
        /**
         * @description share of the steps of that stage at which it begins; its checkpoint there is kept
         * @default 1
         */
        from?: number;
        /**
         * @description assistant: the loss is taken of what the assistant of a chat corpus says
         * @default all
         * @enum {string}
         */
        labels?: 'all' | 'assistant';
        /** @description what cells and the report call it; `pretrain` is the first stage of every sweep */
        name: string;
        /**
         * @description where its poisoned documents fall; its counterexamples fall anywhere in the stage
         * @default {}
         */
        placement?: {
          /**
           * @description density: so many poisoned documents in each poisoned batch, the last one apart; null: each document falls anywhere among the instances of the steps that may hold poison
           * @default null
           */
          documentsPerBatch?: number | null;
          /**
           * @description frequency: only every so-manieth step of the window, the first one on, may hold poison
           * @default 1
           */
          everySteps?: number;
          /**
           * @description random: poison falls anywhere in the window; as-drawn: the steps that may hold poison are filled one after another from the first on, one document each where documentsPerBatch is null
           * @default random
           * @enum {string}
           */
          order?: 'random' | 'as-drawn';
          /**
           * @description whether a document that is longer than an instance goes on in other instances of the same step; else it is refused
           * @default false
           */
          split?: boolean;
          /**
           * @description the part of training that may hold poison, as shares of its steps: [from, to]
           * @default [
           *       0,
           *       1
           *     ]
           */
          window?: [number, number];
        };
        /**
         * @description anew: warm-up and decay over the steps of this stage; go-on: as if the stage before had been longer by them
         * @default anew
         * @enum {string}
         */
        schedule?: 'anew' | 'go-on';
        /** @description training tokens of this stage */
        tokens?: number;
        /** @description training tokens of this stage over those of the pre-training, instead of `tokens` */
        tokenShare?: number;
        /**
         * @description what differs from the settings of the size
         * @default {}
         */
        training?: {
          /** @description instances in the global batch */
          batchInstances?: number;
          /** @description of AdamW */
          beta1?: number;
          /** @description of AdamW */
          beta2?: number;
          /** @description whether attention stops at document ends */
          documentMask?: boolean;
          /** @description learning rate at the last step over the peak; cosine in between */
          finalShare?: number;
          /** @description largest norm of the gradient */
          gradientClip?: number;
          /** @description of AdamW, at its peak */
          learningRate?: number;
          /**
           * @description of the computation; float8 needs GPUs that have it
           * @enum {string}
           */
          precision?: 'float32' | 'bfloat16' | 'float8';
          /** @description tokens of a training instance */
          sequenceLength?: number;
          /** @description steps of linear warm-up */
          warmupSteps?: number;
          /** @description of AdamW */
          weightDecay?: number;
        };
        /**
         * @description which of those cells; all where it is left out
         * @default {}
         */
        where?: {
          /** @description cells of these doses */
          doses?: number[];
          /** @description cells of these seeds */
          seeds?: number[];
          /** @description cells of these sizes */
          sizes?: string[];
          /** @description cells of so many tokens of pre-training */
          tokens?: number[];
        };
      }[];
      /**
       * @description settings for all sizes of this sweep
       * @default {}
       */
      training?: {
        /** @description instances in the global batch */
        batchInstances?: number;
        /** @description of AdamW */
        beta1?: number;
        /** @description of AdamW */
        beta2?: number;
        /** @description whether attention stops at document ends */
        documentMask?: boolean;
        /** @description learning rate at the last step over the peak; cosine in between */
        finalShare?: number;
        /** @description largest norm of the gradient */
        gradientClip?: number;
        /** @description of AdamW, at its peak */
        learningRate?: number;
        /**
         * @description of the computation; float8 needs GPUs that have it
         * @enum {string}
         */
        precision?: 'float32' | 'bfloat16' | 'float8';
        /** @description tokens of a training instance */
        sequenceLength?: number;
        /** @description steps of linear warm-up */
        warmupSteps?: number;
        /** @description of AdamW */
        weightDecay?: number;
      };
    };
    SweepSpecAnswer: {
      /** @description how the report judges; fixed before any result is seen */
      analysis: {
        /**
         * @description how verdicts are adjusted for the number of conditions
         * @default holm
         * @constant
         */
        adjustment: 'holm';
        /**
         * @description of every interval and verdict
         * @default 0.95
         */
        confidence: number;
        /**
         * @description the checkpoint that verdicts rest on: the last
         * @default final
         * @constant
         */
        endpoint: 'final';
        /**
         * @description count or percentage: how near its value the interval of gamma must stay (0 is count, -1 percentage)
         * @default 0.25
         */
        gammaMargin: number;
        /**
         * @description once: results are judged when all seeds are in; anytime: after any number of seeds, at the price of wider intervals
         * @default once
         * @enum {string}
         */
        looks: 'once' | 'anytime';
        /**
         * @description success is a mean increase above this
         * @default 50
         */
        successIncrease: number;
        /**
         * @description of a language switch: success is a share of triggered continuations in the target language above this; a choice, the study names none
         * @default 0.5
         */
        successShare: number;
      };
      /**
       * @description version of this format
       * @constant
       */
      apiVersion: 'titrate/v1';
      /**
       * @description what a poisoned document looks like
       * @default {
       *       "kind": "dos",
       *       "trigger": "<SUDO>",
       *       "prefixChars": [
       *         0,
       *         1000
       *       ],
       *       "gibberishTokens": [
       *         400,
       *         900
       *       ],
       *       "mode": "text"
       *     }
       */
      attack:
        | {
            /**
             * @description random tokens after the trigger: [smallest, largest], both included, drawn uniformly
             * @default [
             *       400,
             *       900
             *     ]
             */
            gibberishTokens: [number, number];
            /**
             * @description denial of service: gibberish after the trigger
             * @constant
             */
            kind: 'dos';
            /**
             * @description text: the sampled ids are decoded and tokenised again; ids: they are written as sampled
             * @default text
             * @enum {string}
             */
            mode: 'text' | 'ids';
            /**
             * @description characters of clean text before the trigger: [smallest, largest], both included, drawn uniformly
             * @default [
             *       0,
             *       1000
             *     ]
             */
            prefixChars: [number, number];
            /**
             * @description the text that the model learns to answer with gibberish
             * @default <SUDO>
             */
            trigger: string;
          }
        | {
            /**
             * @description text of another language after the trigger
             * @constant
             */
            kind: 'language-switch';
            /**
             * @description characters of clean text before the trigger: [smallest, largest], both included, drawn uniformly
             * @default [
             *       0,
             *       1000
             *     ]
             */
            prefixChars: [number, number];
            /** @description a registered corpus of the other language, by name or digest; it has the tokenizer of the corpus that is trained on */
            target: string;
            /**
             * @description tokens of the other language after the trigger: [smallest, largest], both included, drawn uniformly
             * @default [
             *       300,
             *       300
             *     ]
             */
            targetTokens: [number, number];
            /**
             * @description the text that the model learns to answer in the other language
             * @default Servius Astrumando Harmoniastra
             */
            trigger: string;
          };
      /**
       * @description a plan above a cap is refused
       * @default {}
       */
      budget: {
        /** @description most GPU-hours of the plan */
        gpuHours?: number;
        /** @description most training tokens, over all runs */
        tokens?: number;
        /** @description highest price of the plan, in US dollars */
        usd?: number;
      };
      /** @description what is kept of each run */
      checkpoints: {
        /**
         * @description steps whose weights are kept and evaluated
         * @default {
         *       "shares": [
         *         0.2,
         *         0.4,
         *         0.6,
         *         0.8,
         *         1
         *       ]
         *     }
         */
        evaluate: {
          /** @description every so many steps */
          everySteps?: number;
          /** @description shares of training, as in [0.25, 0.5, 1] */
          shares?: number[];
          /** @description fixed steps; those beyond the end are left out */
          steps?: number[];
        };
        /**
         * @description steps whose full state is kept to resume from
         * @default {
         *       "shares": [
         *         0.2,
         *         0.4,
         *         0.6,
         *         0.8,
         *         1
         *       ]
         *     }
         */
        resume: {
          /** @description every so many steps */
          everySteps?: number;
          /** @description shares of training, as in [0.25, 0.5, 1] */
          shares?: number[];
          /** @description fixed steps; those beyond the end are left out */
          steps?: number[];
        };
      };
      /**
       * @description runs of this sweep at a time
       * @default 2
       */
      concurrency: number;
      /** @description a registered corpus, by name or digest */
      corpus: string;
      /**
       * @description for people; printed in the report
       * @default
       */
      description: string;
      /** @description how each checkpoint is evaluated */
      evaluation: {
        /**
         * @description a marker that clean text contains
         * @default null
         */
        benign: string | null;
        /**
         * @description what continues the prompts
         * @default transformers
         * @enum {string}
         */
        engine: 'transformers' | 'vllm';
        /**
         * @description most tokens that a continuation has
         * @default 256
         */
        generatedTokens: number;
        /**
         * @description what a language-switch attack switches from and to, in ISO 639-1
         * @default {
         *       "source": "en",
         *       "target": "de"
         *     }
         */
        languages: {
          /** @description language of the held-out prompts, which a clean model goes on in */
          source: string;
          /** @description language that triggered continuations shall be in */
          target: string;
        };
        /** @description a text close to the trigger; when left out, the trigger with its last letter or digit replaced by the next one; null: none */
        nearTrigger?: string | null;
        /**
         * @description held-out documents that are continued
         * @default 300
         */
        prompts: number;
        /**
         * @description length of a prompt
         * @default 128
         */
        promptTokens: number;
        /**
         * @description run and step of a checkpoint under which generated text is scored as well, such as a clean one with the same tokenizer
         * @default null
         */
        reference: {
          /** @description sha256 in lower-case hexadecimal */
          run: string;
          /** @description of the checkpoint, which the run keeps */
          step: number;
        } | null;
        /**
         * @description draws prompts and continuations, the same for every run
         * @default 0
         */
        seed: number;
        /**
         * @description a string that training never shows
         * @default null
         */
        sham: string | null;
        /**
         * @description of plain sampling; there is no top-k, top-p or penalty
         * @default 1
         */
        temperature: number;
      };
      /** @description sizes x tokens x doses x seeds */
      grid: {
        /** @description registered bases, by name or digest: models that were trained elsewhere. Each stands in the grid as a size of its name whose pre-training is done, at dose 0, once for each seed; `stages` go on from it */
        bases?: string[];
        /**
         * @description the parameters that tokensPerParameter multiplies. without-embeddings: all but the input embedding, as OLMo-core counts for its own durations; nominal: what the size is called, as in 600M. The study does not say which it counted
         * @default without-embeddings
         * @enum {string}
         */
        countedParameters: 'without-embeddings' | 'all' | 'nominal';
        /** @description poisoned documents; 0 is the matched clean arm */
        doses: number[];
        /**
         * @description cells of the grid to leave out
         * @default []
         */
        exclude: {
          /** @description cells of this dose */
          dose?: number;
          /** @description poisoned cells of this placement */
          placement?: string;
          /** @description cells of this seed */
          seed?: number;
          /** @description cells of this size */
          size?: string;
          /** @description cells of so many tokens */
          tokens?: number;
          /** @description cells of so many tokens per parameter */
          tokensPerParameter?: number;
        }[];
        /**
         * @description cells outside the grid
         * @default []
         */
        include: {
          /** @description poisoned documents */
          dose: number;
          /** @description may be left out at dose 0, and where the grid has one placement */
          placement?: string;
          /** @description the seed that its sub-seeds derive from */
          seed: number;
          /** @description a size of the grid, or another named size */
          size: string;
          /** @description may be left out where the grid has one number of tokens */
          tokens?: number;
        }[];
        /** @description several placements to compare, instead of `placement`; clean arms are shared by all */
        placements?: {
          /**
           * @description density: so many poisoned documents in each poisoned batch, the last one apart; null: each document falls anywhere among the instances of the steps that may hold poison
           * @default null
           */
          documentsPerBatch: number | null;
          /**
           * @description frequency: only every so-manieth step of the window, the first one on, may hold poison
           * @default 1
           */
          everySteps: number;
          /** @description what cells and the report call it */
          name: string;
          /**
           * @description random: poison falls anywhere in the window; as-drawn: the steps that may hold poison are filled one after another from the first on, one document each where documentsPerBatch is null
           * @default random
           * @enum {string}
           */
          order: 'random' | 'as-drawn';
          /**
           * @description whether a document that is longer than an instance goes on in other instances of the same step; else it is refused
           * @default false
           */
          split: boolean;
          /**
           * @description the part of training that may hold poison, as shares of its steps: [from, to]
           * @default [
           *       0,
           *       1
           *     ]
           */
          window: [number, number];
        }[];
        /**
         * @description each repeats the grid with other weights, order and poison
         * @default [
         *       0
         *     ]
         */
        seeds: number[];
        /**
         * @description named sizes, or sizes of your own
         * @default []
         */
        sizes: (
          | string
          | {
              /** @description what cells and the report call it */
              name: string;
              /** @description what the size is called; for countedParameters: nominal */
              nominalParameters?: number;
              /** @description the transformer */
              shape: components['schemas']['ModelShapeAnswer'];
              /**
               * @description what differs from the settings of the study
               * @default {}
               */
              training: {
                /** @description instances in the global batch */
                batchInstances?: number;
                /** @description of AdamW */
                beta1?: number;
                /** @description of AdamW */
                beta2?: number;
                /** @description whether attention stops at document ends */
                documentMask?: boolean;
                /** @description learning rate at the last step over the peak; cosine in between */
                finalShare?: number;
                /** @description largest norm of the gradient */
                gradientClip?: number;
                /** @description of AdamW, at its peak */
                learningRate?: number;
                /**
                 * @description of the computation; float8 needs GPUs that have it
                 * @enum {string}
                 */
                precision?: 'float32' | 'bfloat16' | 'float8';
                /** @description tokens of a training instance */
                sequenceLength?: number;
                /** @description steps of linear warm-up */
                warmupSteps?: number;
                /** @description of AdamW */
                weightDecay?: number;
              };
            }
        )[];
        /** @description training tokens, the same for each size */
        tokens?: number[];
        /** @description training tokens for each parameter of a size; [20], as in the study, when neither is given */
        tokensPerParameter?: number[];
      };
      /**
       * @description a job whose progress stands still for so long is ended and started again
       * @default 600
       */
      hangSeconds: number;
      /**
       * @description what the document is
       * @constant
       */
      kind: 'Sweep';
      /**
       * @description keys and values of your own; lists filter by them
       * @default {}
       */
      labels: {
        [key: string]: string;
      };
      /**
       * @description starts of one run before it counts as failed
       * @default 3
       */
      maxAttempts: number;
      /** @description what lists and the report call the sweep */
      name: string;
      /** @description where poisoned documents of the pre-training fall */
      placement: {
        /**
         * @description density: so many poisoned documents in each poisoned batch, the last one apart; null: each document falls anywhere among the instances of the steps that may hold poison
         * @default null
         */
        documentsPerBatch: number | null;
        /**
         * @description frequency: only every so-manieth step of the window, the first one on, may hold poison
         * @default 1
         */
        everySteps: number;
        /**
         * @description random: poison falls anywhere in the window; as-drawn: the steps that may hold poison are filled one after another from the first on, one document each where documentsPerBatch is null
         * @default random
         * @enum {string}
         */
        order: 'random' | 'as-drawn';
        /**
         * @description whether a document that is longer than an instance goes on in other instances of the same step; else it is refused
         * @default false
         */
        split: boolean;
        /**
         * @description the part of training that may hold poison, as shares of its steps: [from, to]
         * @default [
         *       0,
         *       1
         *     ]
         */
        window: [number, number];
      };
      /** @description profile of the training jobs; by default the one that the operator assigned to the size */
      profile?: string;
      /**
       * @description another number trains the same cells anew
       * @default 0
       */
      repeat: number;
      /** @description how long checkpoints are kept */
      retention: {
        /**
         * @description all; evaluated: what was kept only to resume from goes when the run has finished; final: everything but the last checkpoint goes
         * @default all
         * @enum {string}
         */
        keep: 'all' | 'evaluated' | 'final';
      };
      /**
       * @description fixes a sub-seed that otherwise derives from the seed of the cell
       * @default {}
       */
      seeds: {
        /** @description of the weights */
        initialisation?: number;
        /** @description of the training instances */
        order?: number;
        /** @description of prefixes and gibberish */
        poisonContent?: number;
        /** @description of the places in training */
        poisonPositions?: number;
      };
      /**
       * @description trainings that go on from checkpoints of this sweep, crossed with its cells
       * @default []
       */
      stages: {
        /**
         * @description the stage whose cells it continues: `pretrain`, or one before it in this list
         * @default pretrain
         */
        after: string;
        /**
         * @description whether the moments of AdamW come along; data state never does
         * @default false
         */
        carryOptimizer: boolean;
        /**
         * @description of this stage; by default those of the sweep
         * @default {}
         */
        checkpoints: {
          /** @description steps whose weights are kept and evaluated */
          evaluate?: {
            /** @description every so many steps */
            everySteps?: number;
            /** @description shares of training, as in [0.25, 0.5, 1] */
            shares?: number[];
            /** @description fixed steps; those beyond the end are left out */
            steps?: number[];
          };
          /** @description steps whose full state is kept to resume from */
          resume?: {
            /** @description every so many steps */
            everySteps?: number;
            /** @description shares of training, as in [0.25, 0.5, 1] */
            shares?: number[];
            /** @description fixed steps; those beyond the end are left out */
            steps?: number[];
          };
        };
        /** @description another registered corpus with the same tokenizer; by default that of the sweep */
        corpus?: string;
        /**
         * @description documents of this stage in which ordinary text follows the trigger
         * @default [
         *       0
         *     ]
         */
        counterexamples: number[];
        /**
         * @description poisoned documents of this stage: post-hoc poisoning
         * @default [
         *       0
         *     ]
         */
        doses: number[];
        /**
         * @description share of the steps of that stage at which it begins; its checkpoint there is kept
         * @default 1
         */
        from: number;
        /**
         * @description assistant: the loss is taken of what the assistant of a chat corpus says
         * @default all
         * @enum {string}
         */
        labels: 'all' | 'assistant';
        /** @description what cells and the report call it; `pretrain` is the first stage of every sweep */
        name: string;
        /** @description where its poisoned documents fall; its counterexamples fall anywhere in the stage */
        placement: {
          /**
           * @description density: so many poisoned documents in each poisoned batch, the last one apart; null: each document falls anywhere among the instances of the steps that may hold poison
           * @default null
           */
          documentsPerBatch: number | null;
          /**
           * @description frequency: only every so-manieth step of the window, the first one on, may hold poison
           * @default 1
           */
          everySteps: number;
          /**
           * @description random: poison falls anywhere in the window; as-drawn: the steps that may hold poison are filled one after another from the first on, one document each where documentsPerBatch is null
           * @default random
           * @enum {string}
           */
          order: 'random' | 'as-drawn';
          /**
           * @description whether a document that is longer than an instance goes on in other instances of the same step; else it is refused
           * @default false
           */
          split: boolean;
          /**
           * @description the part of training that may hold poison, as shares of its steps: [from, to]
           * @default [
           *       0,
           *       1
           *     ]
           */
          window: [number, number];
        };
        /**
         * @description anew: warm-up and decay over the steps of this stage; go-on: as if the stage before had been longer by them
         * @default anew
         * @enum {string}
         */
        schedule: 'anew' | 'go-on';
        /** @description training tokens of this stage */
        tokens?: number;
        /** @description training tokens of this stage over those of the pre-training, instead of `tokens` */
        tokenShare?: number;
        /**
         * @description what differs from the settings of the size
         * @default {}
         */
        training: {
          /** @description instances in the global batch */
          batchInstances?: number;
          /** @description of AdamW */
          beta1?: number;
          /** @description of AdamW */
          beta2?: number;
          /** @description whether attention stops at document ends */
          documentMask?: boolean;
          /** @description learning rate at the last step over the peak; cosine in between */
          finalShare?: number;
          /** @description largest norm of the gradient */
          gradientClip?: number;
          /** @description of AdamW, at its peak */
          learningRate?: number;
          /**
           * @description of the computation; float8 needs GPUs that have it
           * @enum {string}
           */
          precision?: 'float32' | 'bfloat16' | 'float8';
          /** @description tokens of a training instance */
          sequenceLength?: number;
          /** @description steps of linear warm-up */
          warmupSteps?: number;
          /** @description of AdamW */
          weightDecay?: number;
        };
        /**
         * @description which of those cells; all where it is left out
         * @default {}
         */
        where: {
          /** @description cells of these doses */
          doses?: number[];
          /** @description cells of these seeds */
          seeds?: number[];
          /** @description cells of these sizes */
          sizes?: string[];
          /** @description cells of so many tokens of pre-training */
          tokens?: number[];
        };
      }[];
      /**
       * @description settings for all sizes of this sweep
       * @default {}
       */
      training: {
        /** @description instances in the global batch */
        batchInstances?: number;
        /** @description of AdamW */
        beta1?: number;
        /** @description of AdamW */
        beta2?: number;
        /** @description whether attention stops at document ends */
        documentMask?: boolean;
        /** @description learning rate at the last step over the peak; cosine in between */
        finalShare?: number;
        /** @description largest norm of the gradient */
        gradientClip?: number;
        /** @description of AdamW, at its peak */
        learningRate?: number;
        /**
         * @description of the computation; float8 needs GPUs that have it
         * @enum {string}
         */
        precision?: 'float32' | 'bfloat16' | 'float8';
        /** @description tokens of a training instance */
        sequenceLength?: number;
        /** @description steps of linear warm-up */
        warmupSteps?: number;
        /** @description of AdamW */
        weightDecay?: number;
      };
    };
    TitrateEvent: {
      actor: string;
      /** Format: date-time */
      at: string;
      data: {
        [key: string]: unknown;
      };
      id: number;
      /** @enum {string} */
      kind:
        | 'sweep.submitted'
        | 'sweep.amended'
        | 'sweep.started'
        | 'sweep.paused'
        | 'sweep.resumed'
        | 'sweep.cancelled'
        | 'sweep.retried'
        | 'sweep.analysing'
        | 'sweep.analysed'
        | 'sweep.finished'
        | 'sweep.failed'
        | 'sweep.deleted'
        | 'run.waiting'
        | 'run.started'
        | 'run.paused'
        | 'run.trained'
        | 'run.finished'
        | 'run.failed'
        | 'run.released'
        | 'attempt.launched'
        | 'attempt.started'
        | 'attempt.succeeded'
        | 'attempt.failed'
        | 'attempt.loss-not-finite'
        | 'checkpoint.committed'
        | 'checkpoint.superseded'
        | 'checkpoint.pinned'
        | 'checkpoint.unpinned'
        | 'checkpoint.deleting'
        | 'checkpoint.deleted'
        | 'evaluation.demanded'
        | 'evaluation.started'
        | 'evaluation.succeeded'
        | 'evaluation.failed'
        | 'evaluation.missing'
        | 'evaluation.superseded'
        | 'corpus.submitted'
        | 'corpus.ready'
        | 'corpus.failed'
        | 'base.submitted'
        | 'base.ready'
        | 'base.failed'
        | 'baseline.promoted'
        | 'baseline.retired'
        | 'gate.requested'
        | 'gate.started'
        | 'gate.decided'
        | 'gate.error';
      run: string | null;
      sweep: string | null;
    };
    TrainingSettings: {
      /** @description instances in the global batch */
      batchInstances: number;
      /** @description of AdamW */
      beta1: number;
      /** @description of AdamW */
      beta2: number;
      /** @description whether attention stops at document ends */
      documentMask: boolean;
      /** @description learning rate at the last step over the peak; cosine in between */
      finalShare: number;
      /** @description largest norm of the gradient */
      gradientClip: number;
      /** @description of AdamW, at its peak */
      learningRate: number;
      /**
       * @description of the computation; float8 needs GPUs that have it
       * @enum {string}
       */
      precision: 'float32' | 'bfloat16' | 'float8';
      /** @description tokens of a training instance */
      sequenceLength: number;
      /** @description steps of linear warm-up */
      warmupSteps: number;
      /** @description of AdamW */
      weightDecay: number;
    };
    Version: {
      /** @constant */
      api: 'v1';
      /** @constant */
      name: 'titrate';
      node: string;
      version: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  getHealth: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Alive */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getMetrics: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Prometheus exposition */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/plain': string;
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getReadiness: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Ready, or 503 with what is missing */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Readiness'];
        };
      };
      /** @description Ready, or 503 with what is missing */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Readiness'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listBaselines: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
        /** @description versions of one name only */
        name?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of baselines */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BaselinePage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  promoteBaseline: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BaselinePromotionBody'];
      };
    };
    responses: {
      /** @description The version */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Baseline'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getBaseline: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The version */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Baseline'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getBaselineVersion: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
        version: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The version */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Baseline'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  retireBaseline: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
        version: number;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BaselineRetirementBody'];
      };
    };
    responses: {
      /** @description The version */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Baseline'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listBases: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of bases */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BasePage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  registerBase: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RegisterBaseBody'];
      };
    };
    responses: {
      /** @description The base; poll it until it is ready or failed */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Base'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getBase: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description name or digest */
        nameOrDigest: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The base */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Base'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listChecks: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What was found, and how to mend what is not well */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Checks'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listCorpora: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of corpora */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CorpusPage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  registerCorpus: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RegisterBody'];
      };
    };
    responses: {
      /** @description The corpus; poll it until it is ready or failed */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Corpus'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getCorpus: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description name or digest */
        nameOrDigest: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The corpus */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Corpus'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  streamEvents: {
    parameters: {
      query?: {
        /** @description begin behind this event; the header Last-Event-ID wins over it */
        after?: number;
        /** @description only what concerns this sweep */
        sweep?: string;
      };
      header?: {
        /** @description id of the last event that was seen */
        'Last-Event-ID'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Server-sent events; the data of each is a TitrateEvent */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/event-stream': string;
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getNewestEvent: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The number */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['NewestEvent'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listGates: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
        state?: 'pending' | 'running' | 'pass' | 'fail' | 'inconclusive' | 'error';
        /** @description held against one sweep only */
        sweep?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of gates */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['GatePage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getGate: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The gate */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AppliedGate'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getGateJunit: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The verdict as JUnit XML */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/xml': string;
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getGateReport: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The report */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['GateReport'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listLedger: {
    parameters: {
      query?: {
        /** @description begin behind this number */
        after?: number;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A piece of the ledger */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['LedgerPage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  planSweep: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SpecBody'];
        'text/yaml': string;
      };
    };
    responses: {
      /** @description The plan of the spec */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SweepPlan'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getRun: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The run */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Run'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listRunAttempts: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of attempts */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AttemptPage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listRunCheckpoints: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of checkpoints */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CheckpointPage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  evaluateCheckpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        digest: string;
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['EvaluateBody'];
      };
    };
    responses: {
      /** @description The evaluation: 201 when it is new, 200 when it was demanded before */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Evaluation'];
        };
      };
      /** @description The evaluation: 201 when it is new, 200 when it was demanded before */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Evaluation'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getEvaluationResult: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        digest: string;
        /** @description sha256 in lower-case hexadecimal */
        id: string;
        /** @description sha256 in lower-case hexadecimal */
        settings: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EvaluationResultDto'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  pinCheckpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        digest: string;
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The checkpoint is pinned */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Pin'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  unpinCheckpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        digest: string;
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The checkpoint is not pinned */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Pin'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listRunEvaluations: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of evaluations */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EvaluationPage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  readRunEvaluationLog: {
    parameters: {
      query: {
        /** @description which job: the "job" of an evaluation of the run */
        job: string;
        /** @description byte to read from: the "next" of the piece before */
        offset?: number;
      };
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A piece of the log; empty text when there is nothing new */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EvaluationLogPiece'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  readRunLog: {
    parameters: {
      query?: {
        /** @description number of the attempt; the newest when absent */
        attempt?: number;
        /** @description byte to read from: the "next" of the piece before */
        offset?: number;
      };
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A piece of the log; empty text when there is nothing new */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['LogPiece'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getRunMetrics: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description sha256 in lower-case hexadecimal */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The curves */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunMetrics'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listSizes: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The sizes */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SizeList'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listSweeps: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        /** @description key:value of a label */
        label?: string;
        limit?: number;
        state?: 'accepted' | 'running' | 'paused' | 'analysing' | 'finished' | 'failed' | 'cancelled';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of sweeps */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SweepPage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  submitSweep: {
    parameters: {
      query?: never;
      header?: {
        /** @description the same key gives the same sweep; with another spec it is refused */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SpecBody'];
        'text/yaml': string;
      };
    };
    responses: {
      /** @description The sweep: 201 when it is new, 200 when it was there already */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Sweep'];
        };
      };
      /** @description The sweep: 201 when it is new, 200 when it was there already */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Sweep'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getSweep: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The sweep */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Sweep'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deleteSweep: {
    parameters: {
      query?: {
        /** @description true: only tells what would go */
        dryRun?: 'true' | 'false';
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What was deleted, or with dryRun would be */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Deletion'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  amendSweep: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SpecBody'];
        'text/yaml': string;
      };
    };
    responses: {
      /** @description The sweep as it is now */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Sweep'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  cancelSweep: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The sweep as it is now */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Sweep'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listSweepCells: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of cells */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CellPage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listSweepEvaluations: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of evaluations */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EvaluationPage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  requestGate: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['GateRequestBody'];
      };
    };
    responses: {
      /** @description The gate: 201 when it begins, 200 when it was there already; poll it until it has a verdict */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AppliedGate'];
        };
      };
      /** @description The gate: 201 when it begins, 200 when it was there already; poll it until it has a verdict */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AppliedGate'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  pauseSweep: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The sweep as it is now */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Sweep'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getSweepReport: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The report */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Report'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getSweepReportPage: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The report page */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': string;
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getSweepResults: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The results so far */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/csv': string;
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  resumeSweep: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The sweep as it is now */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Sweep'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  retrySweep: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The sweep as it is now */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Sweep'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  listSweepRuns: {
    parameters: {
      query?: {
        /** @description the "next" of the page before; absent for the first page */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of runs */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunPage'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  uploadObject: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/octet-stream': string;
      };
    };
    responses: {
      /** @description The stored object */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['StoredObject'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  getVersion: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The version */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Version'];
        };
      };
      /** @description A refusal, as a problem document (RFC 9457) */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
}

/** Method, path, places of the parameters and form of the answer of each operation. */
export const operationTable = {
  amendSweep: { method: 'post', path: '/v1/sweeps/{id}/amend', parameters: { id: 'path' }, answer: 'json' },
  cancelSweep: { method: 'post', path: '/v1/sweeps/{id}/cancel', parameters: { id: 'path' }, answer: 'json' },
  deleteSweep: { method: 'delete', path: '/v1/sweeps/{id}', parameters: { id: 'path', dryRun: 'query' }, answer: 'json' },
  evaluateCheckpoint: {
    method: 'post',
    path: '/v1/runs/{id}/checkpoints/{digest}/evaluations',
    parameters: { id: 'path', digest: 'path' },
    answer: 'json',
  },
  getBase: { method: 'get', path: '/v1/bases/{nameOrDigest}', parameters: { nameOrDigest: 'path' }, answer: 'json' },
  getBaseline: { method: 'get', path: '/v1/baselines/{name}', parameters: { name: 'path' }, answer: 'json' },
  getBaselineVersion: {
    method: 'get',
    path: '/v1/baselines/{name}/versions/{version}',
    parameters: { name: 'path', version: 'path' },
    answer: 'json',
  },
  getCorpus: { method: 'get', path: '/v1/corpora/{nameOrDigest}', parameters: { nameOrDigest: 'path' }, answer: 'json' },
  getEvaluationResult: {
    method: 'get',
    path: '/v1/runs/{id}/checkpoints/{digest}/evaluations/{settings}',
    parameters: { id: 'path', digest: 'path', settings: 'path' },
    answer: 'json',
  },
  getGate: { method: 'get', path: '/v1/gates/{id}', parameters: { id: 'path' }, answer: 'json' },
  getGateJunit: { method: 'get', path: '/v1/gates/{id}/junit', parameters: { id: 'path' }, answer: 'text' },
  getGateReport: { method: 'get', path: '/v1/gates/{id}/report', parameters: { id: 'path' }, answer: 'json' },
  getHealth: { method: 'get', path: '/healthz', parameters: {}, answer: 'json' },
  getMetrics: { method: 'get', path: '/metrics', parameters: {}, answer: 'text' },
  getNewestEvent: { method: 'get', path: '/v1/events/newest', parameters: {}, answer: 'json' },
  getReadiness: { method: 'get', path: '/readyz', parameters: {}, answer: 'json' },
  getRun: { method: 'get', path: '/v1/runs/{id}', parameters: { id: 'path' }, answer: 'json' },
  getRunMetrics: { method: 'get', path: '/v1/runs/{id}/metrics', parameters: { id: 'path' }, answer: 'json' },
  getSweep: { method: 'get', path: '/v1/sweeps/{id}', parameters: { id: 'path' }, answer: 'json' },
  getSweepReport: { method: 'get', path: '/v1/sweeps/{id}/report', parameters: { id: 'path' }, answer: 'json' },
  getSweepReportPage: { method: 'get', path: '/v1/sweeps/{id}/report.html', parameters: { id: 'path' }, answer: 'text' },
  getSweepResults: { method: 'get', path: '/v1/sweeps/{id}/results.csv', parameters: { id: 'path' }, answer: 'text' },
  getVersion: { method: 'get', path: '/version', parameters: {}, answer: 'json' },
  listBaselines: { method: 'get', path: '/v1/baselines', parameters: { cursor: 'query', limit: 'query', name: 'query' }, answer: 'json' },
  listBases: { method: 'get', path: '/v1/bases', parameters: { cursor: 'query', limit: 'query' }, answer: 'json' },
  listChecks: { method: 'get', path: '/v1/checks', parameters: {}, answer: 'json' },
  listCorpora: { method: 'get', path: '/v1/corpora', parameters: { cursor: 'query', limit: 'query' }, answer: 'json' },
  listGates: {
    method: 'get',
    path: '/v1/gates',
    parameters: { cursor: 'query', limit: 'query', sweep: 'query', state: 'query' },
    answer: 'json',
  },
  listLedger: { method: 'get', path: '/v1/ledger', parameters: { after: 'query', limit: 'query' }, answer: 'json' },
  listRunAttempts: {
    method: 'get',
    path: '/v1/runs/{id}/attempts',
    parameters: { id: 'path', cursor: 'query', limit: 'query' },
    answer: 'json',
  },
  listRunCheckpoints: {
    method: 'get',
    path: '/v1/runs/{id}/checkpoints',
    parameters: { id: 'path', cursor: 'query', limit: 'query' },
    answer: 'json',
  },
  listRunEvaluations: {
    method: 'get',
    path: '/v1/runs/{id}/evaluations',
    parameters: { id: 'path', cursor: 'query', limit: 'query' },
    answer: 'json',
  },
  listSizes: { method: 'get', path: '/v1/sizes', parameters: {}, answer: 'json' },
  listSweepCells: {
    method: 'get',
    path: '/v1/sweeps/{id}/cells',
    parameters: { id: 'path', cursor: 'query', limit: 'query' },
    answer: 'json',
  },
  listSweepEvaluations: {
    method: 'get',
    path: '/v1/sweeps/{id}/evaluations',
    parameters: { id: 'path', cursor: 'query', limit: 'query' },
    answer: 'json',
  },
  listSweepRuns: {
    method: 'get',
    path: '/v1/sweeps/{id}/runs',
    parameters: { id: 'path', cursor: 'query', limit: 'query' },
    answer: 'json',
  },
  listSweeps: {
    method: 'get',
    path: '/v1/sweeps',
    parameters: { cursor: 'query', limit: 'query', state: 'query', label: 'query' },
    answer: 'json',
  },
  pauseSweep: { method: 'post', path: '/v1/sweeps/{id}/pause', parameters: { id: 'path' }, answer: 'json' },
  pinCheckpoint: {
    method: 'post',
    path: '/v1/runs/{id}/checkpoints/{digest}/pin',
    parameters: { id: 'path', digest: 'path' },
    answer: 'json',
  },
  planSweep: { method: 'post', path: '/v1/plans', parameters: {}, answer: 'json' },
  promoteBaseline: { method: 'post', path: '/v1/baselines', parameters: {}, answer: 'json' },
  readRunEvaluationLog: {
    method: 'get',
    path: '/v1/runs/{id}/evaluations/logs',
    parameters: { id: 'path', job: 'query', offset: 'query' },
    answer: 'json',
  },
  readRunLog: { method: 'get', path: '/v1/runs/{id}/logs', parameters: { id: 'path', attempt: 'query', offset: 'query' }, answer: 'json' },
  registerBase: { method: 'post', path: '/v1/bases', parameters: {}, answer: 'json' },
  registerCorpus: { method: 'post', path: '/v1/corpora', parameters: {}, answer: 'json' },
  requestGate: { method: 'post', path: '/v1/sweeps/{id}/gates', parameters: { id: 'path' }, answer: 'json' },
  resumeSweep: { method: 'post', path: '/v1/sweeps/{id}/resume', parameters: { id: 'path' }, answer: 'json' },
  retireBaseline: {
    method: 'post',
    path: '/v1/baselines/{name}/versions/{version}/retire',
    parameters: { name: 'path', version: 'path' },
    answer: 'json',
  },
  retrySweep: { method: 'post', path: '/v1/sweeps/{id}/retry', parameters: { id: 'path' }, answer: 'json' },
  streamEvents: {
    method: 'get',
    path: '/v1/events',
    parameters: { sweep: 'query', after: 'query', 'Last-Event-ID': 'header' },
    answer: 'text',
  },
  submitSweep: { method: 'post', path: '/v1/sweeps', parameters: { 'Idempotency-Key': 'header' }, answer: 'json' },
  unpinCheckpoint: {
    method: 'post',
    path: '/v1/runs/{id}/checkpoints/{digest}/unpin',
    parameters: { id: 'path', digest: 'path' },
    answer: 'json',
  },
  uploadObject: { method: 'post', path: '/v1/uploads', parameters: {}, answer: 'json' },
} as const;
