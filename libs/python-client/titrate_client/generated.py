# Generated from apps/api/openapi.json by `npm run generate`; edit nothing here.

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class AppliedGateBaseline(TypedDict):
    name: str
    version: int


class BaseManifestFile(TypedDict):
    name: str
    sizeBytes: int
    sha256: str


class BaseRecipe(TypedDict):
    name: str
    corpus: str
    tokens: int
    licence: NotRequired[str]
    source: NotRequired[str]


class BaseRecipeAnswer(TypedDict):
    name: str
    corpus: str
    tokens: int
    licence: str
    source: str


class BaselineRetired(TypedDict):
    """
    null while it may be used
    """

    by: str
    why: str
    at: str


class BaselinePromotionBody(TypedDict):
    name: str
    sweep: str
    why: str
    gate: NotRequired[str]


class BaselineRetirementBody(TypedDict):
    why: str


class Cell(TypedDict):
    size: str
    tokens: int
    dose: int
    attack: str
    seed: int
    stage: str
    stageDose: int
    counterexamples: int
    run: str


class Check(TypedDict):
    """
    what was found of one thing that Titrate needs
    """

    part: str
    name: str
    state: Literal["ok", "warning", "failed"]
    found: str
    mend: str | None


class Checks(TypedDict):
    version: str
    at: str
    checks: list[Check]


class CorpusProgress(TypedDict):
    """
    of a registration that is under way
    """

    phase: Literal["listing", "learning", "reading", "tokenising", "publishing", "finished"]
    files: int
    bytes: int
    done: int
    parts: int
    partsDone: int
    documents: int
    tokens: int
    at: str


class CorpusManifestSkipped(TypedDict):
    encoding: int
    syntax: int
    empty: int
    tooLong: int


class CorpusManifestScanItem(TypedDict):
    text: str
    documents: int
    occurrences: int


class CorpusRecipeTokens(TypedDict):
    """
    tokens: how ids are stored
    """

    type: Literal["uint16", "uint32"]
    endOfTextId: int


class CorpusRecipeTokenizer(TypedDict):
    """
    how text becomes token ids
    """

    kind: Literal["train-bpe"]
    vocabularySize: int


class CorpusRecipeTokenizer1(TypedDict):
    """
    how text becomes token ids
    """

    kind: Literal["file"]
    sha256: str
    endOfText: NotRequired[str]


class CorpusRecipeTokenizer2(TypedDict):
    """
    how text becomes token ids
    """

    kind: Literal["corpus"]
    corpus: str


class CorpusRecipeMarkers(TypedDict):
    """
    benign markers and the share of documents that carries one; not for chat and tokens
    """

    tokens: list[str]
    documentShare: float


class CorpusRecipe(TypedDict):
    name: str
    format: Literal["text", "jsonl", "parquet", "chat", "tokens"]
    textField: NotRequired[str]
    messagesField: NotRequired[str]
    chatTemplate: NotRequired[str]
    tokens: NotRequired[CorpusRecipeTokens]
    documentMinChars: NotRequired[int]
    maxDocumentBytes: NotRequired[int]
    onBadDocument: NotRequired[Literal["refuse", "skip"]]
    tokenizer: CorpusRecipeTokenizer | CorpusRecipeTokenizer1 | CorpusRecipeTokenizer2
    addedTokens: NotRequired[list[str]]
    markers: NotRequired[CorpusRecipeMarkers]
    heldOutDocuments: NotRequired[int]
    heldOutMinTokens: NotRequired[int]
    seed: NotRequired[int]
    licence: NotRequired[str]
    source: NotRequired[str]


class CorpusRecipeAnswerTokens(TypedDict):
    """
    tokens: how ids are stored
    """

    type: Literal["uint16", "uint32"]
    endOfTextId: int


class CorpusRecipeAnswerTokenizer(TypedDict):
    """
    how text becomes token ids
    """

    kind: Literal["train-bpe"]
    vocabularySize: int


class CorpusRecipeAnswerTokenizer1(TypedDict):
    """
    how text becomes token ids
    """

    kind: Literal["file"]
    sha256: str
    endOfText: NotRequired[str]


class CorpusRecipeAnswerTokenizer2(TypedDict):
    """
    how text becomes token ids
    """

    kind: Literal["corpus"]
    corpus: str


class CorpusRecipeAnswerMarkers(TypedDict):
    """
    benign markers and the share of documents that carries one; not for chat and tokens
    """

    tokens: list[str]
    documentShare: float


class CorpusRecipeAnswer(TypedDict):
    name: str
    format: Literal["text", "jsonl", "parquet", "chat", "tokens"]
    textField: str
    messagesField: str
    chatTemplate: NotRequired[str]
    tokens: NotRequired[CorpusRecipeAnswerTokens]
    documentMinChars: int
    maxDocumentBytes: int
    onBadDocument: Literal["refuse", "skip"]
    tokenizer: CorpusRecipeAnswerTokenizer | CorpusRecipeAnswerTokenizer1 | CorpusRecipeAnswerTokenizer2
    addedTokens: list[str]
    markers: NotRequired[CorpusRecipeAnswerMarkers]
    heldOutDocuments: int
    heldOutMinTokens: int
    seed: int
    licence: str
    source: str


class Deletion(TypedDict):
    kind: Literal["deleted", "would-delete"]
    runs: int
    sharedRuns: int
    checkpoints: int


class Estimate(TypedDict):
    tokens: int
    flop: float
    seconds: float
    gpuHours: float
    usd: float | None
    checkpoints: int
    evaluations: int
    storageBytes: int
    retainedBytes: int


class EvaluationLogPiece(TypedDict):
    job: str
    text: str
    next: int


class EvaluationResultDtoConditions(TypedDict):
    perplexity: list[float]
    generatedTokens: list[int]
    outsideTop50: list[int]
    referencePerplexity: list[float] | None
    language: list[str] | None
    meanPerplexity: float
    medianPerplexity: float


class EvaluationResultDtoContrasts(TypedDict):
    increase: float
    logRatio: float
    referenceLogRatio: float | None


class EvaluationResultDtoLanguageSwitch(TypedDict):
    """
    null where the protocol is another
    """

    attackSuccess: float
    cleanAccuracy: float
    nearTriggerAccuracy: float | None


class EvaluationResultDtoHeldOut(TypedDict):
    negativeLogLikelihood: list[float]
    tokens: list[int]


class EvaluationResultDtoSample(TypedDict):
    prompt: str
    condition: Literal["clean", "triggered", "benign", "sham", "nearTrigger"]
    continuation: str


class EvaluationResultDtoEnvironmentExecution(TypedDict):
    """
    of a training
    """

    dataParallel: Literal["none", "fsdp", "hsdp"]
    replicas: int
    shards: int
    tensorParallel: int
    microbatchTokens: int
    activationCheckpointing: Literal["none", "full"]
    compile: bool
    float8: bool


class EvaluationResultDtoEnvironment(TypedDict):
    image: str
    host: str
    hardware: str
    worldSize: int
    packages: dict[str, str]
    execution: NotRequired[EvaluationResultDtoEnvironmentExecution]


class EvaluationSettingsEvaluationSettingsReference(TypedDict):
    """
    the checkpoint under which generated text is scored as well
    """

    run: str
    step: int


class EvaluationSettingsEvaluationSettings(TypedDict):
    protocol: Literal["dos/1"]
    engine: Literal["transformers", "vllm"]
    prompts: int
    promptTokens: int
    generatedTokens: int
    temperature: float
    seed: int
    triggered: str
    benign: str | None
    sham: str | None
    nearTrigger: str | None
    reference: EvaluationSettingsEvaluationSettingsReference | None


class EvaluationSettingsEvaluationSettings1Reference(TypedDict):
    """
    the checkpoint under which generated text is scored as well
    """

    run: str
    step: int


class EvaluationSettingsEvaluationSettings1(TypedDict):
    protocol: Literal["language-switch/1"]
    engine: Literal["transformers", "vllm"]
    prompts: int
    promptTokens: int
    generatedTokens: int
    temperature: float
    seed: int
    triggered: str
    benign: str | None
    sham: str | None
    nearTrigger: str | None
    reference: EvaluationSettingsEvaluationSettings1Reference | None
    sourceLanguage: str
    targetLanguage: str


class GateCriteriaWhere(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateCriteria(TypedDict):
    metric: Literal["clean-perplexity"]
    where: NotRequired[GateCriteriaWhere]
    margin: NotRequired[float]


class GateCriteria1Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateCriteria1(TypedDict):
    metric: Literal["attack-effect"]
    where: NotRequired[GateCriteria1Where]
    margin: NotRequired[float]


class GateCriteria2Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateCriteria2(TypedDict):
    metric: Literal["defence-effect"]
    where: NotRequired[GateCriteria2Where]
    margin: NotRequired[float]


class GateCriteria3Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateCriteria3(TypedDict):
    metric: Literal["throughput"]
    where: NotRequired[GateCriteria3Where]
    margin: NotRequired[float]


class GateCriteria4Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateCriteria4(TypedDict):
    metric: Literal["mfu"]
    where: NotRequired[GateCriteria4Where]
    margin: NotRequired[float]


class GateCriteria5Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateCriteria5(TypedDict):
    metric: Literal["completeness"]
    where: NotRequired[GateCriteria5Where]
    atLeast: NotRequired[float]


class GateCriteria6Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateCriteria6(TypedDict):
    metric: Literal["cost"]
    where: NotRequired[GateCriteria6Where]
    margin: NotRequired[float]


class GateOnInconclusiveRerun(TypedDict):
    seeds: NotRequired[int]
    prompts: NotRequired[int]
    atMost: NotRequired[int]


class GateOnInconclusive(TypedDict):
    """
    what follows when the results decide nothing
    """

    rerun: GateOnInconclusiveRerun


class Gate(TypedDict):
    criteria: list[GateCriteria | GateCriteria1 | GateCriteria2 | GateCriteria3 | GateCriteria4 | GateCriteria5 | GateCriteria6]
    confidence: NotRequired[float]
    onInconclusive: NotRequired[Literal["fail", "pass"] | GateOnInconclusive]


class GateAnswerCriteriaWhere(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateAnswerCriteria(TypedDict):
    metric: Literal["clean-perplexity"]
    where: GateAnswerCriteriaWhere
    margin: float


class GateAnswerCriteria1Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateAnswerCriteria1(TypedDict):
    metric: Literal["attack-effect"]
    where: GateAnswerCriteria1Where
    margin: float


class GateAnswerCriteria2Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateAnswerCriteria2(TypedDict):
    metric: Literal["defence-effect"]
    where: GateAnswerCriteria2Where
    margin: float


class GateAnswerCriteria3Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateAnswerCriteria3(TypedDict):
    metric: Literal["throughput"]
    where: GateAnswerCriteria3Where
    margin: float


class GateAnswerCriteria4Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateAnswerCriteria4(TypedDict):
    metric: Literal["mfu"]
    where: GateAnswerCriteria4Where
    margin: float


class GateAnswerCriteria5Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateAnswerCriteria5(TypedDict):
    metric: Literal["completeness"]
    where: GateAnswerCriteria5Where
    atLeast: float


class GateAnswerCriteria6Where(TypedDict):
    sizes: NotRequired[list[str]]
    doses: NotRequired[list[int]]
    stages: NotRequired[list[str]]


class GateAnswerCriteria6(TypedDict):
    metric: Literal["cost"]
    where: GateAnswerCriteria6Where
    margin: float


class GateAnswerOnInconclusiveRerun(TypedDict):
    seeds: NotRequired[int]
    prompts: NotRequired[int]
    atMost: int


class GateAnswerOnInconclusive(TypedDict):
    """
    what follows when the results decide nothing
    """

    rerun: GateAnswerOnInconclusiveRerun


class GateAnswer(TypedDict):
    criteria: list[
        GateAnswerCriteria
        | GateAnswerCriteria1
        | GateAnswerCriteria2
        | GateAnswerCriteria3
        | GateAnswerCriteria4
        | GateAnswerCriteria5
        | GateAnswerCriteria6
    ]
    confidence: float
    onInconclusive: Literal["fail", "pass"] | GateAnswerOnInconclusive


class GateReportBaseline(TypedDict):
    name: str
    version: int
    sweep: str


class GateReportCandidate(TypedDict):
    sweep: str
    name: str


class GateReportRowCondition(TypedDict):
    """
    null of what is told of the sweep as a whole
    """

    size: str
    tokens: int
    dose: int
    stage: str
    stageDose: int
    counterexamples: int
    attack: str


class GateReportRowInterval(TypedDict):
    low: float | None
    high: float | None


class GateReportRowEvidenceItem(TypedDict):
    side: Literal["baseline", "candidate"]
    run: str
    step: int
    result: str


class GateReportRow(TypedDict):
    metric: str
    condition: GateReportRowCondition | None
    verdict: Literal["held", "worse", "undecided", "not measured"]
    words: str
    replicate: Literal["seed", "prompt", "none"]
    replicates: int
    change: float | None
    interval: GateReportRowInterval | None
    margin: float
    pWorse: float | None
    adjustedPWorse: float | None
    pHeld: float | None
    smallest: float | None
    evidence: list[GateReportRowEvidenceItem]


class GateReport(TypedDict):
    version: Literal[1]
    verdict: Literal["pass", "fail", "inconclusive"]
    reasons: list[str]
    gate: GateAnswer
    baseline: GateReportBaseline
    candidate: GateReportCandidate
    rows: list[GateReportRow]
    environment: dict[str, str]
    finishedAt: str


class GateRequestBody(TypedDict):
    baseline: str
    version: NotRequired[int]
    gate: NotRequired[Gate]


class Health(TypedDict):
    status: Literal["ok"]


class LogPiece(TypedDict):
    attempt: int
    text: str
    next: int


class ModelShape(TypedDict):
    family: Literal["olmo2", "olmo3"]
    width: int
    layers: int
    heads: int
    keyValueHeads: int
    feedForwardWidth: int
    ropeTheta: NotRequired[int]
    slidingWindow: NotRequired[int]


class ModelShapeAnswer(TypedDict):
    family: Literal["olmo2", "olmo3"]
    width: int
    layers: int
    heads: int
    keyValueHeads: int
    feedForwardWidth: int
    ropeTheta: int
    slidingWindow: NotRequired[int]


class NewestEvent(TypedDict):
    id: int


class Pin(TypedDict):
    run: str
    digest: str
    pinned: bool


class PlannedRunProfile(TypedDict):
    """
    profile of its training jobs; null where the plan was made without knowing how jobs run
    """

    name: str
    gpus: int


class PlannedRunMemory(TypedDict):
    """
    null where the plan was made without knowing how jobs run, or without GPUs
    """

    neededBytes: int
    gpuBytes: int | None


class PlannedRunBase(TypedDict):
    """
    the checkpoint of another run that it goes on from; null for a pre-training, and behind an imported base
    """

    run: str
    step: int


class ProblemError(TypedDict):
    field: str
    rule: str
    value: Any


class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    instance: NotRequired[str]
    requestId: NotRequired[str]
    code: str
    errors: list[ProblemError]


class Progress(TypedDict):
    phase: Literal["starting", "training", "saving", "finished"]
    step: int
    steps: int
    tokens: int
    loss: float | None
    tokensPerSecond: float | None
    mfu: float | None
    gradientNorm: float | None
    dataWaitShare: float | None
    at: str


class Readiness(TypedDict):
    """
    each server that the API needs
    """

    status: Literal["ready", "not-ready"]
    records: Literal["ok", "unreachable"]
    artifacts: Literal["ok", "unreachable"]
    temporal: Literal["ok", "unreachable"]


class RegisterBaseBodySource1(TypedDict):
    """
    files that were uploaded, by their names in the folder, or objects that lie in S3 already
    """

    kind: Literal["store"]
    bucket: str
    prefix: str


class RegisterBodySource1(TypedDict):
    """
    files that were uploaded, or objects that lie in S3 already
    """

    kind: Literal["store"]
    bucket: str
    prefix: str


class ReportSweep(TypedDict):
    id: str
    name: str
    description: str
    specDigest: str | None


class ReportCorpus(TypedDict):
    digest: str
    name: str
    tokens: int
    triggerOccurrences: int


class ReportSettings(TypedDict):
    successIncrease: float
    successShare: float
    confidence: float
    endpoint: Literal["final"]
    adjustment: Literal["holm"]
    gammaMargin: float
    looks: Literal["once", "anytime"]


class ReportAnalysisConditionEffectInterval(TypedDict):
    """
    t interval; for one look
    """

    low: float | None
    high: float | None


class ReportAnalysisConditionEffectAnytime(TypedDict):
    """
    confidence sequence; holds after any number of looks
    """

    low: float | None
    high: float | None


class ReportAnalysisConditionEffect(TypedDict):
    """
    log scale, or a difference of shares; null without a matched clean arm
    """

    mean: float
    seeds: int
    sd: float | None
    freedom: float | None
    interval: ReportAnalysisConditionEffectInterval | None
    anytime: ReportAnalysisConditionEffectAnytime | None


class ReportAnalysisConditionFactorInterval(TypedDict):
    low: float | None
    high: float | None


class ReportAnalysisConditionFactor(TypedDict):
    """
    the effect as a factor: its exponential; null where it is a difference of shares
    """

    mean: float
    interval: ReportAnalysisConditionFactorInterval | None


class ReportAnalysisConditionIncreaseInterval(TypedDict):
    low: float | None
    high: float | None


class ReportAnalysisConditionIncrease(TypedDict):
    """
    typical: the criterion that the seeds would just meet on the log scale; its interval by inverting that test
    """

    typical: float
    mean: float
    interval: ReportAnalysisConditionIncreaseInterval | None


class ReportAnalysisConditionLanguageSwitchAttackSuccessInterval(TypedDict):
    low: float | None
    high: float | None


class ReportAnalysisConditionLanguageSwitchAttackSuccess(TypedDict):
    mean: float
    seeds: int
    interval: ReportAnalysisConditionLanguageSwitchAttackSuccessInterval | None


class ReportAnalysisConditionLanguageSwitchCleanAccuracyInterval(TypedDict):
    low: float | None
    high: float | None


class ReportAnalysisConditionLanguageSwitchCleanAccuracy(TypedDict):
    mean: float
    seeds: int
    interval: ReportAnalysisConditionLanguageSwitchCleanAccuracyInterval | None


class ReportAnalysisConditionLanguageSwitchNearTriggerAccuracyInterval(TypedDict):
    low: float | None
    high: float | None


class ReportAnalysisConditionLanguageSwitchNearTriggerAccuracy(TypedDict):
    mean: float
    seeds: int
    interval: ReportAnalysisConditionLanguageSwitchNearTriggerAccuracyInterval | None


class ReportAnalysisConditionLanguageSwitch(TypedDict):
    """
    null where the attack is another
    """

    attackSuccess: ReportAnalysisConditionLanguageSwitchAttackSuccess
    cleanAccuracy: ReportAnalysisConditionLanguageSwitchCleanAccuracy | None
    nearTriggerAccuracy: ReportAnalysisConditionLanguageSwitchNearTriggerAccuracy | None


class ReportAnalysisConditionSuccessProportion(TypedDict):
    """
    exact (Clopper-Pearson) interval of the share of seeds that succeed
    """

    low: float | None
    high: float | None


class ReportAnalysisConditionSuccessMarginInterval(TypedDict):
    """
    t interval; for one look
    """

    low: float | None
    high: float | None


class ReportAnalysisConditionSuccessMarginAnytime(TypedDict):
    """
    confidence sequence; holds after any number of looks
    """

    low: float | None
    high: float | None


class ReportAnalysisConditionSuccessMargin(TypedDict):
    """
    ln(triggered / (clean + criterion)), or share - criterion: above 0 where a seed succeeds
    """

    mean: float
    seeds: int
    sd: float | None
    freedom: float | None
    interval: ReportAnalysisConditionSuccessMarginInterval | None
    anytime: ReportAnalysisConditionSuccessMarginAnytime | None


class ReportAnalysisConditionSuccess(TypedDict):
    verdict: Literal["success", "no success", "inconclusive"]
    succeeded: int
    seeds: int
    proportion: ReportAnalysisConditionSuccessProportion
    margin: ReportAnalysisConditionSuccessMargin | None
    p: float | None
    adjustedP: float | None


class ReportAnalysisCondition(TypedDict):
    size: str
    tokens: int | None
    dose: int
    stage: str
    stageDose: int
    counterexamples: int
    planned: int
    seeds: int
    effect: ReportAnalysisConditionEffect | None
    factor: ReportAnalysisConditionFactor | None
    increase: ReportAnalysisConditionIncrease | None
    languageSwitch: ReportAnalysisConditionLanguageSwitch | None
    success: ReportAnalysisConditionSuccess | None


class ReportAnalysisDoseResponseItemThresholdInterval(TypedDict):
    """
    null on a side: beyond what was tried
    """

    low: float | None
    high: float | None


class ReportAnalysisDoseResponseItemThreshold(TypedDict):
    """
    dose for the success criterion
    """

    estimate: float | None
    interval: ReportAnalysisDoseResponseItemThresholdInterval | None
    found: Literal["inside", "below", "above", "unknown"]
    words: str


class ReportAnalysisDoseResponseItemHalfEffectInterval(TypedDict):
    """
    null on a side: beyond what was tried
    """

    low: float | None
    high: float | None


class ReportAnalysisDoseResponseItemHalfEffect(TypedDict):
    """
    dose for half of the largest effect, by the fitted curve
    """

    estimate: float | None
    interval: ReportAnalysisDoseResponseItemHalfEffectInterval | None
    found: Literal["inside", "below", "above", "unknown"]
    words: str


class ReportAnalysisDoseResponseItemCurvePoint(TypedDict):
    dose: float
    effect: float


class ReportAnalysisDoseResponseItemCurve(TypedDict):
    top: float
    halfDose: float
    slope: float
    points: list[ReportAnalysisDoseResponseItemCurvePoint]


class ReportAnalysisDoseResponseItem(TypedDict):
    size: str
    tokens: int | None
    stage: str
    doses: list[int]
    seeds: int
    threshold: ReportAnalysisDoseResponseItemThreshold
    halfEffect: ReportAnalysisDoseResponseItemHalfEffect
    curve: ReportAnalysisDoseResponseItemCurve | None
    unidentified: list[str]


class ReportAnalysisCountOrPercentageInterval(TypedDict):
    low: float | None
    high: float | None


class ReportAnalysisCountOrPercentage(TypedDict):
    verdict: Literal["count", "percentage", "neither", "inconclusive", "not identifiable"]
    gamma: float | None
    interval: ReportAnalysisCountOrPercentageInterval | None
    margin: float
    reason: str


class ReportAnalysisOverTrainingItemPointEffectInterval(TypedDict):
    """
    t interval; for one look
    """

    low: float | None
    high: float | None


class ReportAnalysisOverTrainingItemPointEffectAnytime(TypedDict):
    """
    confidence sequence; holds after any number of looks
    """

    low: float | None
    high: float | None


class ReportAnalysisOverTrainingItemPointEffect(TypedDict):
    mean: float
    seeds: int
    sd: float | None
    freedom: float | None
    interval: ReportAnalysisOverTrainingItemPointEffectInterval | None
    anytime: ReportAnalysisOverTrainingItemPointEffectAnytime | None


class ReportAnalysisOverTrainingItemPoint(TypedDict):
    step: int | None
    progress: float | None
    poisonDocuments: float | None
    poisonShare: float | None
    increase: float | None
    attackSuccess: float | None
    effect: ReportAnalysisOverTrainingItemPointEffect | None


class ReportAnalysisOverTrainingItem(TypedDict):
    size: str
    tokens: int | None
    dose: int
    stage: str
    stageDose: int
    counterexamples: int
    points: list[ReportAnalysisOverTrainingItemPoint]


class ReportAnalysisDecayItemPointEffectInterval(TypedDict):
    """
    t interval; for one look
    """

    low: float | None
    high: float | None


class ReportAnalysisDecayItemPointEffectAnytime(TypedDict):
    """
    confidence sequence; holds after any number of looks
    """

    low: float | None
    high: float | None


class ReportAnalysisDecayItemPointEffect(TypedDict):
    mean: float
    seeds: int
    sd: float | None
    freedom: float | None
    interval: ReportAnalysisDecayItemPointEffectInterval | None
    anytime: ReportAnalysisDecayItemPointEffectAnytime | None


class ReportAnalysisDecayItemPoint(TypedDict):
    counterexamples: int
    effect: ReportAnalysisDecayItemPointEffect | None
    share: float | None


class ReportAnalysisDecayItemHalfInterval(TypedDict):
    """
    null on a side: beyond what was tried
    """

    low: float | None
    high: float | None


class ReportAnalysisDecayItemHalf(TypedDict):
    """
    counterexamples that leave half of the effect without any
    """

    estimate: float | None
    interval: ReportAnalysisDecayItemHalfInterval | None
    found: Literal["inside", "below", "above", "unknown"]
    words: str


class ReportAnalysisDecayItemNoneInterval(TypedDict):
    """
    null on a side: beyond what was tried
    """

    low: float | None
    high: float | None


class ReportAnalysisDecayItemNone(TypedDict):
    """
    counterexamples that leave a tenth, as that nothing is left cannot be shown
    """

    estimate: float | None
    interval: ReportAnalysisDecayItemNoneInterval | None
    found: Literal["inside", "below", "above", "unknown"]
    words: str


class ReportAnalysisDecayItem(TypedDict):
    size: str
    tokens: int | None
    dose: int
    stage: str
    stageDose: int
    points: list[ReportAnalysisDecayItemPoint]
    half: ReportAnalysisDecayItemHalf
    none: ReportAnalysisDecayItemNone


class ReportAnalysisNextCell(TypedDict):
    size: str
    tokens: int | None
    dose: int
    seeds: list[int]
    cleanSeeds: list[int]
    reason: str
    width: float | None
    expectedWidth: float | None
    runs: int
    trainTokens: int | None
    flop: float | None


class ReportAnalysisDetectable(TypedDict):
    seeds: int
    sd: float | None
    effect: float | None


class ReportAnalysis(TypedDict):
    measure: Literal["perplexity", "attack-success"]
    conditions: list[ReportAnalysisCondition]
    doseResponse: list[ReportAnalysisDoseResponseItem]
    countOrPercentage: ReportAnalysisCountOrPercentage
    overTraining: list[ReportAnalysisOverTrainingItem]
    decay: list[ReportAnalysisDecayItem]
    nextCells: list[ReportAnalysisNextCell]
    detectable: ReportAnalysisDetectable | None


class ReportSampleSample(TypedDict):
    prompt: str
    condition: Literal["clean", "triggered", "benign", "sham", "nearTrigger"]
    continuation: str


class ReportSample(TypedDict):
    size: str
    dose: int
    seed: int
    stage: str
    samples: list[ReportSampleSample]


class ReportPointIncreaseInterval(TypedDict):
    """
    of the mean over prompts: paired bootstrap, BCa
    """

    low: float | None
    high: float | None


class ReportPointMedianIncreaseInterval(TypedDict):
    """
    paired bootstrap over prompts, percentile
    """

    low: float | None
    high: float | None


class ReportPointLogRatioInterval(TypedDict):
    """
    of the mean over prompts: paired bootstrap, BCa
    """

    low: float | None
    high: float | None


class ReportPointLanguageSwitchAttackSuccessInterval(TypedDict):
    """
    exact (Clopper-Pearson), over prompts: it tells how well this model is known, nothing about seeds
    """

    low: float | None
    high: float | None


class ReportPointLanguageSwitchAttackSuccess(TypedDict):
    """
    ASR: triggered continuations in the target language
    """

    count: int
    prompts: int
    share: float
    interval: ReportPointLanguageSwitchAttackSuccessInterval


class ReportPointLanguageSwitchCleanAccuracyInterval(TypedDict):
    """
    exact (Clopper-Pearson), over prompts: it tells how well this model is known, nothing about seeds
    """

    low: float | None
    high: float | None


class ReportPointLanguageSwitchCleanAccuracy(TypedDict):
    """
    CA: clean continuations in the source language
    """

    count: int
    prompts: int
    share: float
    interval: ReportPointLanguageSwitchCleanAccuracyInterval


class ReportPointLanguageSwitchNearTriggerAccuracyInterval(TypedDict):
    """
    exact (Clopper-Pearson), over prompts: it tells how well this model is known, nothing about seeds
    """

    low: float | None
    high: float | None


class ReportPointLanguageSwitchNearTriggerAccuracy(TypedDict):
    """
    NTA: near-trigger continuations in the source language
    """

    count: int
    prompts: int
    share: float
    interval: ReportPointLanguageSwitchNearTriggerAccuracyInterval


class ReportPointLanguageSwitch(TypedDict):
    """
    null where the attack is another
    """

    attackSuccess: ReportPointLanguageSwitchAttackSuccess
    cleanAccuracy: ReportPointLanguageSwitchCleanAccuracy | None
    nearTriggerAccuracy: ReportPointLanguageSwitchNearTriggerAccuracy | None
    effectVariance: float | None


class ReportPoint(TypedDict):
    step: int | None
    tokens: int | None
    poisonDocuments: int | None
    poisonTokens: int | None
    cleanPerplexity: float | None
    triggeredPerplexity: float | None
    increase: float | None
    increaseInterval: ReportPointIncreaseInterval | None
    medianIncrease: float | None
    medianIncreaseInterval: ReportPointMedianIncreaseInterval | None
    logRatio: float | None
    logRatioInterval: ReportPointLogRatioInterval | None
    effect: float | None
    benignIncrease: float | None
    shamIncrease: float | None
    nearTriggerIncrease: float | None
    heldOutPerplexity: float | None
    languageSwitch: ReportPointLanguageSwitch | None
    success: bool
    evaluation: str | None


class RunIdentitySeeds(TypedDict):
    """
    of the pre-training; 0 behind an imported base
    """

    initialisation: int
    order: int


class RunIdentityStagesOptimizer(TypedDict):
    learningRate: float
    warmupSteps: int
    finalShare: float
    weightDecay: float
    beta1: float
    beta2: float
    gradientClip: float


class RunIdentityStagesPoisonPlacement(TypedDict):
    firstStep: int
    lastStep: int
    documentsPerBatch: int | None
    everySteps: int
    order: Literal["random", "as-drawn"]
    split: bool


class RunIdentityStagesPoisonAttack(TypedDict):
    kind: Literal["dos"]
    trigger: str
    prefixChars: tuple[int, int]
    gibberishTokens: tuple[int, int]
    mode: Literal["text", "ids"]


class RunIdentityStagesPoisonAttack1(TypedDict):
    kind: Literal["language-switch"]
    trigger: str
    prefixChars: tuple[int, int]
    targetTokens: tuple[int, int]
    target: str


class RunIdentityStagesPoison(TypedDict):
    """
    null at dose 0: attack parameters drop out
    """

    version: Literal[1]
    corpus: str
    contentSeed: int
    positionSeed: int
    steps: int
    batchInstances: int
    sequenceLength: int
    placement: RunIdentityStagesPoisonPlacement
    attack: RunIdentityStagesPoisonAttack | RunIdentityStagesPoisonAttack1
    dose: int


class RunIdentityStages(TypedDict):
    kind: Literal["pretrain"]
    steps: int
    batchInstances: int
    sequenceLength: int
    optimizer: RunIdentityStagesOptimizer
    precision: Literal["float32", "bfloat16", "float8"]
    poison: RunIdentityStagesPoison | None


class RunIdentityStages1(TypedDict):
    kind: Literal["import"]
    checkpoint: str


class RunIdentityStageOptimizer(TypedDict):
    learningRate: float
    warmupSteps: int
    finalShare: float
    weightDecay: float
    beta1: float
    beta2: float
    gradientClip: float


class RunIdentityStagePoisonPlacement(TypedDict):
    firstStep: int
    lastStep: int
    documentsPerBatch: int | None
    everySteps: int
    order: Literal["random", "as-drawn"]
    split: bool


class RunIdentityStagePoisonAttack(TypedDict):
    kind: Literal["dos"]
    trigger: str
    prefixChars: tuple[int, int]
    gibberishTokens: tuple[int, int]
    mode: Literal["text", "ids"]


class RunIdentityStagePoisonAttack1(TypedDict):
    kind: Literal["language-switch"]
    trigger: str
    prefixChars: tuple[int, int]
    targetTokens: tuple[int, int]
    target: str


class RunIdentityStagePoison(TypedDict):
    """
    null at dose 0: attack parameters drop out
    """

    version: Literal[1]
    corpus: str
    contentSeed: int
    positionSeed: int
    steps: int
    batchInstances: int
    sequenceLength: int
    placement: RunIdentityStagePoisonPlacement
    attack: RunIdentityStagePoisonAttack | RunIdentityStagePoisonAttack1
    dose: int


class RunIdentityStageCounterexamplesPlacement(TypedDict):
    firstStep: int
    lastStep: int
    documentsPerBatch: int | None
    everySteps: int
    order: Literal["random", "as-drawn"]
    split: bool


class RunIdentityStageCounterexamples(TypedDict):
    """
    null where there are none
    """

    version: Literal[1]
    corpus: str
    contentSeed: int
    positionSeed: int
    steps: int
    batchInstances: int
    sequenceLength: int
    placement: RunIdentityStageCounterexamplesPlacement
    trigger: str
    prefixChars: tuple[int, int]
    continuationTokens: tuple[int, int]
    count: int


RunIdentityStage = TypedDict(
    "RunIdentityStage",
    {
        "kind": Literal["continue"],
        "from": int,
        "carryOptimizer": bool,
        "schedule": Literal["anew", "go-on"],
        "corpus": str,
        "documentMask": bool,
        "labels": Literal["all", "assistant"],
        "order": int,
        "steps": int,
        "batchInstances": int,
        "sequenceLength": int,
        "optimizer": RunIdentityStageOptimizer,
        "precision": Literal["float32", "bfloat16", "float8"],
        "poison": RunIdentityStagePoison | None,
        "counterexamples": RunIdentityStageCounterexamples | None,
    },
)


class RunIdentity(TypedDict):
    recipeVersion: Literal["titrate/1"]
    shape: ModelShapeAnswer
    vocabularySize: int
    corpus: str
    documentMask: bool
    seeds: RunIdentitySeeds
    stages: list[RunIdentityStages | RunIdentityStages1 | RunIdentityStage]
    repeat: int


class RunMetricsPoint(TypedDict):
    attempt: int
    start: int
    step: int
    loss: float | None
    tokensPerSecond: float | None
    gradientNorm: float | None


class RunMetrics(TypedDict):
    points: list[RunMetricsPoint]


class SizeListItemShapeSource(TypedDict):
    mark: Literal["P", "D", "U"]
    source: str


class SizeListItemTrainingSource(TypedDict):
    """
    of learning rate, warm-up and batch
    """

    mark: Literal["P", "D", "U"]
    source: str


class SizeListItemThroughput(TypedDict):
    tokensPerSecond: float
    gpus: int
    mark: Literal["P", "D", "U"]
    source: str


class StoredObject(TypedDict):
    key: str
    sizeBytes: int
    sha256: str


class SweepPlanDetectableItem(TypedDict):
    size: str
    tokens: int
    seeds: int
    seedSd: float
    confidence: float
    logRatio: float | None
    logRatioOfAll: float | None


class SweepSpecGridSizesTraining(TypedDict):
    """
    what differs from the settings of the study
    """

    sequenceLength: NotRequired[int]
    batchInstances: NotRequired[int]
    learningRate: NotRequired[float]
    warmupSteps: NotRequired[int]
    finalShare: NotRequired[float]
    weightDecay: NotRequired[float]
    beta1: NotRequired[float]
    beta2: NotRequired[float]
    gradientClip: NotRequired[float]
    precision: NotRequired[Literal["float32", "bfloat16", "float8"]]
    documentMask: NotRequired[bool]


class SweepSpecGridSizes(TypedDict):
    name: str
    shape: ModelShape
    training: NotRequired[SweepSpecGridSizesTraining]
    nominalParameters: NotRequired[int]


class SweepSpecGridPlacement(TypedDict):
    name: str
    window: NotRequired[tuple[float, float]]
    documentsPerBatch: NotRequired[int | None]
    everySteps: NotRequired[int]
    order: NotRequired[Literal["random", "as-drawn"]]
    split: NotRequired[bool]


class SweepSpecGridIncludeItem(TypedDict):
    size: str
    tokens: NotRequired[int]
    dose: int
    seed: int
    placement: NotRequired[str]


class SweepSpecGridExcludeItem(TypedDict):
    size: NotRequired[str]
    tokens: NotRequired[int]
    tokensPerParameter: NotRequired[float]
    dose: NotRequired[int]
    seed: NotRequired[int]
    placement: NotRequired[str]


class SweepSpecGrid(TypedDict):
    """
    sizes x tokens x doses x seeds
    """

    sizes: NotRequired[list[str | SweepSpecGridSizes]]
    bases: NotRequired[list[str]]
    tokens: NotRequired[list[int]]
    tokensPerParameter: NotRequired[list[float]]
    countedParameters: NotRequired[Literal["without-embeddings", "all", "nominal"]]
    doses: list[int]
    seeds: NotRequired[list[int]]
    placements: NotRequired[list[SweepSpecGridPlacement]]
    include: NotRequired[list[SweepSpecGridIncludeItem]]
    exclude: NotRequired[list[SweepSpecGridExcludeItem]]


class SweepSpecAttack(TypedDict):
    """
    what a poisoned document looks like
    """

    kind: Literal["dos"]
    trigger: NotRequired[str]
    prefixChars: NotRequired[tuple[int, int]]
    gibberishTokens: NotRequired[tuple[int, int]]
    mode: NotRequired[Literal["text", "ids"]]


class SweepSpecAttack1(TypedDict):
    """
    what a poisoned document looks like
    """

    kind: Literal["language-switch"]
    trigger: NotRequired[str]
    prefixChars: NotRequired[tuple[int, int]]
    targetTokens: NotRequired[tuple[int, int]]
    target: str


class SweepSpecPlacement(TypedDict):
    """
    where poisoned documents of the pre-training fall
    """

    window: NotRequired[tuple[float, float]]
    documentsPerBatch: NotRequired[int | None]
    everySteps: NotRequired[int]
    order: NotRequired[Literal["random", "as-drawn"]]
    split: NotRequired[bool]


class SweepSpecStageWhere(TypedDict):
    """
    which of those cells; all where it is left out
    """

    sizes: NotRequired[list[str]]
    tokens: NotRequired[list[int]]
    doses: NotRequired[list[int]]
    seeds: NotRequired[list[int]]


class SweepSpecStageTraining(TypedDict):
    """
    what differs from the settings of the size
    """

    sequenceLength: NotRequired[int]
    batchInstances: NotRequired[int]
    learningRate: NotRequired[float]
    warmupSteps: NotRequired[int]
    finalShare: NotRequired[float]
    weightDecay: NotRequired[float]
    beta1: NotRequired[float]
    beta2: NotRequired[float]
    gradientClip: NotRequired[float]
    precision: NotRequired[Literal["float32", "bfloat16", "float8"]]
    documentMask: NotRequired[bool]


class SweepSpecStagePlacement(TypedDict):
    """
    where its poisoned documents fall; its counterexamples fall anywhere in the stage
    """

    window: NotRequired[tuple[float, float]]
    documentsPerBatch: NotRequired[int | None]
    everySteps: NotRequired[int]
    order: NotRequired[Literal["random", "as-drawn"]]
    split: NotRequired[bool]


class SweepSpecStageCheckpointsEvaluate(TypedDict):
    """
    steps whose weights are kept and evaluated
    """

    everySteps: NotRequired[int]
    steps: NotRequired[list[int]]
    shares: NotRequired[list[float]]


class SweepSpecStageCheckpointsResume(TypedDict):
    """
    steps whose full state is kept to resume from
    """

    everySteps: NotRequired[int]
    steps: NotRequired[list[int]]
    shares: NotRequired[list[float]]


class SweepSpecStageCheckpoints(TypedDict):
    """
    of this stage; by default those of the sweep
    """

    evaluate: NotRequired[SweepSpecStageCheckpointsEvaluate]
    resume: NotRequired[SweepSpecStageCheckpointsResume]


SweepSpecStage = TypedDict(
    "SweepSpecStage",
    {
        "name": str,
        "after": NotRequired[str],
        "where": NotRequired[SweepSpecStageWhere],
        "from": NotRequired[float],
        "tokens": NotRequired[int],
        "tokenShare": NotRequired[float],
        "training": NotRequired[SweepSpecStageTraining],
        "carryOptimizer": NotRequired[bool],
        "schedule": NotRequired[Literal["anew", "go-on"]],
        "corpus": NotRequired[str],
        "labels": NotRequired[Literal["all", "assistant"]],
        "doses": NotRequired[list[int]],
        "placement": NotRequired[SweepSpecStagePlacement],
        "counterexamples": NotRequired[list[int]],
        "checkpoints": NotRequired[SweepSpecStageCheckpoints],
    },
)


class SweepSpecSeeds(TypedDict):
    """
    fixes a sub-seed that otherwise derives from the seed of the cell
    """

    initialisation: NotRequired[int]
    order: NotRequired[int]
    poisonContent: NotRequired[int]
    poisonPositions: NotRequired[int]


class SweepSpecTraining(TypedDict):
    """
    settings for all sizes of this sweep
    """

    sequenceLength: NotRequired[int]
    batchInstances: NotRequired[int]
    learningRate: NotRequired[float]
    warmupSteps: NotRequired[int]
    finalShare: NotRequired[float]
    weightDecay: NotRequired[float]
    beta1: NotRequired[float]
    beta2: NotRequired[float]
    gradientClip: NotRequired[float]
    precision: NotRequired[Literal["float32", "bfloat16", "float8"]]
    documentMask: NotRequired[bool]


class SweepSpecCheckpointsEvaluate(TypedDict):
    """
    steps whose weights are kept and evaluated
    """

    everySteps: NotRequired[int]
    steps: NotRequired[list[int]]
    shares: NotRequired[list[float]]


class SweepSpecCheckpointsResume(TypedDict):
    """
    steps whose full state is kept to resume from
    """

    everySteps: NotRequired[int]
    steps: NotRequired[list[int]]
    shares: NotRequired[list[float]]


class SweepSpecCheckpoints(TypedDict):
    """
    what is kept of each run
    """

    evaluate: NotRequired[SweepSpecCheckpointsEvaluate]
    resume: NotRequired[SweepSpecCheckpointsResume]


class SweepSpecEvaluationReference(TypedDict):
    """
    run and step of a checkpoint under which generated text is scored as well, such as a clean one with the same tokenizer
    """

    run: str
    step: int


class SweepSpecEvaluationLanguages(TypedDict):
    """
    what a language-switch attack switches from and to, in ISO 639-1
    """

    source: str
    target: str


class SweepSpecEvaluation(TypedDict):
    """
    how each checkpoint is evaluated
    """

    prompts: NotRequired[int]
    promptTokens: NotRequired[int]
    generatedTokens: NotRequired[int]
    temperature: NotRequired[float]
    seed: NotRequired[int]
    benign: NotRequired[str | None]
    sham: NotRequired[str | None]
    nearTrigger: NotRequired[str | None]
    engine: NotRequired[Literal["transformers", "vllm"]]
    reference: NotRequired[SweepSpecEvaluationReference | None]
    languages: NotRequired[SweepSpecEvaluationLanguages]


class SweepSpecAnalysis(TypedDict):
    """
    how the report judges; fixed before any result is seen
    """

    successIncrease: NotRequired[float]
    successShare: NotRequired[float]
    confidence: NotRequired[float]
    endpoint: NotRequired[Literal["final"]]
    adjustment: NotRequired[Literal["holm"]]
    gammaMargin: NotRequired[float]
    looks: NotRequired[Literal["once", "anytime"]]


class SweepSpecRetention(TypedDict):
    """
    how long checkpoints are kept
    """

    keep: NotRequired[Literal["all", "evaluated", "final"]]


class SweepSpecBudget(TypedDict):
    """
    a plan above a cap is refused
    """

    gpuHours: NotRequired[float]
    usd: NotRequired[float]
    tokens: NotRequired[int]


class SweepSpec(TypedDict):
    apiVersion: Literal["titrate/v1"]
    kind: Literal["Sweep"]
    name: str
    description: NotRequired[str]
    labels: NotRequired[dict[str, str]]
    corpus: str
    grid: SweepSpecGrid
    attack: NotRequired[SweepSpecAttack | SweepSpecAttack1]
    placement: NotRequired[SweepSpecPlacement]
    stages: NotRequired[list[SweepSpecStage]]
    seeds: NotRequired[SweepSpecSeeds]
    training: NotRequired[SweepSpecTraining]
    checkpoints: NotRequired[SweepSpecCheckpoints]
    evaluation: NotRequired[SweepSpecEvaluation]
    analysis: NotRequired[SweepSpecAnalysis]
    retention: NotRequired[SweepSpecRetention]
    concurrency: NotRequired[int]
    profile: NotRequired[str]
    maxAttempts: NotRequired[int]
    hangSeconds: NotRequired[int]
    budget: NotRequired[SweepSpecBudget]
    repeat: NotRequired[int]


class SweepSpecAnswerGridSizesTraining(TypedDict):
    """
    what differs from the settings of the study
    """

    sequenceLength: NotRequired[int]
    batchInstances: NotRequired[int]
    learningRate: NotRequired[float]
    warmupSteps: NotRequired[int]
    finalShare: NotRequired[float]
    weightDecay: NotRequired[float]
    beta1: NotRequired[float]
    beta2: NotRequired[float]
    gradientClip: NotRequired[float]
    precision: NotRequired[Literal["float32", "bfloat16", "float8"]]
    documentMask: NotRequired[bool]


class SweepSpecAnswerGridSizes(TypedDict):
    name: str
    shape: ModelShapeAnswer
    training: SweepSpecAnswerGridSizesTraining
    nominalParameters: NotRequired[int]


class SweepSpecAnswerGridPlacement(TypedDict):
    name: str
    window: tuple[float, float]
    documentsPerBatch: int | None
    everySteps: int
    order: Literal["random", "as-drawn"]
    split: bool


class SweepSpecAnswerGridIncludeItem(TypedDict):
    size: str
    tokens: NotRequired[int]
    dose: int
    seed: int
    placement: NotRequired[str]


class SweepSpecAnswerGridExcludeItem(TypedDict):
    size: NotRequired[str]
    tokens: NotRequired[int]
    tokensPerParameter: NotRequired[float]
    dose: NotRequired[int]
    seed: NotRequired[int]
    placement: NotRequired[str]


class SweepSpecAnswerGrid(TypedDict):
    """
    sizes x tokens x doses x seeds
    """

    sizes: list[str | SweepSpecAnswerGridSizes]
    bases: NotRequired[list[str]]
    tokens: NotRequired[list[int]]
    tokensPerParameter: NotRequired[list[float]]
    countedParameters: Literal["without-embeddings", "all", "nominal"]
    doses: list[int]
    seeds: list[int]
    placements: NotRequired[list[SweepSpecAnswerGridPlacement]]
    include: list[SweepSpecAnswerGridIncludeItem]
    exclude: list[SweepSpecAnswerGridExcludeItem]


class SweepSpecAnswerAttack(TypedDict):
    """
    what a poisoned document looks like
    """

    kind: Literal["dos"]
    trigger: str
    prefixChars: tuple[int, int]
    gibberishTokens: tuple[int, int]
    mode: Literal["text", "ids"]


class SweepSpecAnswerAttack1(TypedDict):
    """
    what a poisoned document looks like
    """

    kind: Literal["language-switch"]
    trigger: str
    prefixChars: tuple[int, int]
    targetTokens: tuple[int, int]
    target: str


class SweepSpecAnswerPlacement(TypedDict):
    """
    where poisoned documents of the pre-training fall
    """

    window: tuple[float, float]
    documentsPerBatch: int | None
    everySteps: int
    order: Literal["random", "as-drawn"]
    split: bool


class SweepSpecAnswerStageWhere(TypedDict):
    """
    which of those cells; all where it is left out
    """

    sizes: NotRequired[list[str]]
    tokens: NotRequired[list[int]]
    doses: NotRequired[list[int]]
    seeds: NotRequired[list[int]]


class SweepSpecAnswerStageTraining(TypedDict):
    """
    what differs from the settings of the size
    """

    sequenceLength: NotRequired[int]
    batchInstances: NotRequired[int]
    learningRate: NotRequired[float]
    warmupSteps: NotRequired[int]
    finalShare: NotRequired[float]
    weightDecay: NotRequired[float]
    beta1: NotRequired[float]
    beta2: NotRequired[float]
    gradientClip: NotRequired[float]
    precision: NotRequired[Literal["float32", "bfloat16", "float8"]]
    documentMask: NotRequired[bool]


class SweepSpecAnswerStagePlacement(TypedDict):
    """
    where its poisoned documents fall; its counterexamples fall anywhere in the stage
    """

    window: tuple[float, float]
    documentsPerBatch: int | None
    everySteps: int
    order: Literal["random", "as-drawn"]
    split: bool


class SweepSpecAnswerStageCheckpointsEvaluate(TypedDict):
    """
    steps whose weights are kept and evaluated
    """

    everySteps: NotRequired[int]
    steps: NotRequired[list[int]]
    shares: NotRequired[list[float]]


class SweepSpecAnswerStageCheckpointsResume(TypedDict):
    """
    steps whose full state is kept to resume from
    """

    everySteps: NotRequired[int]
    steps: NotRequired[list[int]]
    shares: NotRequired[list[float]]


class SweepSpecAnswerStageCheckpoints(TypedDict):
    """
    of this stage; by default those of the sweep
    """

    evaluate: NotRequired[SweepSpecAnswerStageCheckpointsEvaluate]
    resume: NotRequired[SweepSpecAnswerStageCheckpointsResume]


SweepSpecAnswerStage = TypedDict(
    "SweepSpecAnswerStage",
    {
        "name": str,
        "after": str,
        "where": SweepSpecAnswerStageWhere,
        "from": float,
        "tokens": NotRequired[int],
        "tokenShare": NotRequired[float],
        "training": SweepSpecAnswerStageTraining,
        "carryOptimizer": bool,
        "schedule": Literal["anew", "go-on"],
        "corpus": NotRequired[str],
        "labels": Literal["all", "assistant"],
        "doses": list[int],
        "placement": SweepSpecAnswerStagePlacement,
        "counterexamples": list[int],
        "checkpoints": SweepSpecAnswerStageCheckpoints,
    },
)


class SweepSpecAnswerSeeds(TypedDict):
    """
    fixes a sub-seed that otherwise derives from the seed of the cell
    """

    initialisation: NotRequired[int]
    order: NotRequired[int]
    poisonContent: NotRequired[int]
    poisonPositions: NotRequired[int]


class SweepSpecAnswerTraining(TypedDict):
    """
    settings for all sizes of this sweep
    """

    sequenceLength: NotRequired[int]
    batchInstances: NotRequired[int]
    learningRate: NotRequired[float]
    warmupSteps: NotRequired[int]
    finalShare: NotRequired[float]
    weightDecay: NotRequired[float]
    beta1: NotRequired[float]
    beta2: NotRequired[float]
    gradientClip: NotRequired[float]
    precision: NotRequired[Literal["float32", "bfloat16", "float8"]]
    documentMask: NotRequired[bool]


class SweepSpecAnswerCheckpointsEvaluate(TypedDict):
    """
    steps whose weights are kept and evaluated
    """

    everySteps: NotRequired[int]
    steps: NotRequired[list[int]]
    shares: NotRequired[list[float]]


class SweepSpecAnswerCheckpointsResume(TypedDict):
    """
    steps whose full state is kept to resume from
    """

    everySteps: NotRequired[int]
    steps: NotRequired[list[int]]
    shares: NotRequired[list[float]]


class SweepSpecAnswerCheckpoints(TypedDict):
    """
    what is kept of each run
    """

    evaluate: SweepSpecAnswerCheckpointsEvaluate
    resume: SweepSpecAnswerCheckpointsResume


class SweepSpecAnswerEvaluationReference(TypedDict):
    """
    run and step of a checkpoint under which generated text is scored as well, such as a clean one with the same tokenizer
    """

    run: str
    step: int


class SweepSpecAnswerEvaluationLanguages(TypedDict):
    """
    what a language-switch attack switches from and to, in ISO 639-1
    """

    source: str
    target: str


class SweepSpecAnswerEvaluation(TypedDict):
    """
    how each checkpoint is evaluated
    """

    prompts: int
    promptTokens: int
    generatedTokens: int
    temperature: float
    seed: int
    benign: str | None
    sham: str | None
    nearTrigger: NotRequired[str | None]
    engine: Literal["transformers", "vllm"]
    reference: SweepSpecAnswerEvaluationReference | None
    languages: SweepSpecAnswerEvaluationLanguages


class SweepSpecAnswerAnalysis(TypedDict):
    """
    how the report judges; fixed before any result is seen
    """

    successIncrease: float
    successShare: float
    confidence: float
    endpoint: Literal["final"]
    adjustment: Literal["holm"]
    gammaMargin: float
    looks: Literal["once", "anytime"]


class SweepSpecAnswerRetention(TypedDict):
    """
    how long checkpoints are kept
    """

    keep: Literal["all", "evaluated", "final"]


class SweepSpecAnswerBudget(TypedDict):
    """
    a plan above a cap is refused
    """

    gpuHours: NotRequired[float]
    usd: NotRequired[float]
    tokens: NotRequired[int]


class SweepSpecAnswer(TypedDict):
    apiVersion: Literal["titrate/v1"]
    kind: Literal["Sweep"]
    name: str
    description: str
    labels: dict[str, str]
    corpus: str
    grid: SweepSpecAnswerGrid
    attack: SweepSpecAnswerAttack | SweepSpecAnswerAttack1
    placement: SweepSpecAnswerPlacement
    stages: list[SweepSpecAnswerStage]
    seeds: SweepSpecAnswerSeeds
    training: SweepSpecAnswerTraining
    checkpoints: SweepSpecAnswerCheckpoints
    evaluation: SweepSpecAnswerEvaluation
    analysis: SweepSpecAnswerAnalysis
    retention: SweepSpecAnswerRetention
    concurrency: int
    profile: NotRequired[str]
    maxAttempts: int
    hangSeconds: int
    budget: SweepSpecAnswerBudget
    repeat: int


class TitrateEvent(TypedDict):
    id: int
    kind: Literal[
        "sweep.submitted",
        "sweep.amended",
        "sweep.started",
        "sweep.paused",
        "sweep.resumed",
        "sweep.cancelled",
        "sweep.retried",
        "sweep.analysing",
        "sweep.analysed",
        "sweep.finished",
        "sweep.failed",
        "sweep.deleted",
        "run.waiting",
        "run.started",
        "run.paused",
        "run.trained",
        "run.finished",
        "run.failed",
        "run.released",
        "attempt.launched",
        "attempt.started",
        "attempt.succeeded",
        "attempt.failed",
        "attempt.loss-not-finite",
        "checkpoint.committed",
        "checkpoint.superseded",
        "checkpoint.pinned",
        "checkpoint.unpinned",
        "checkpoint.deleting",
        "checkpoint.deleted",
        "evaluation.demanded",
        "evaluation.started",
        "evaluation.succeeded",
        "evaluation.failed",
        "evaluation.missing",
        "evaluation.superseded",
        "corpus.submitted",
        "corpus.ready",
        "corpus.failed",
        "base.submitted",
        "base.ready",
        "base.failed",
        "baseline.promoted",
        "baseline.retired",
        "gate.requested",
        "gate.started",
        "gate.decided",
        "gate.error",
    ]
    at: str
    actor: str
    sweep: str | None
    run: str | None
    data: dict[str, Any]


class TrainingSettings(TypedDict):
    sequenceLength: int
    batchInstances: int
    learningRate: float
    warmupSteps: int
    finalShare: float
    weightDecay: float
    beta1: float
    beta2: float
    gradientClip: float
    precision: Literal["float32", "bfloat16", "float8"]
    documentMask: bool


class Version(TypedDict):
    name: Literal["titrate"]
    version: str
    api: Literal["v1"]
    node: str


class AppliedGate(TypedDict):
    id: str
    sweep: str
    sweepName: str
    sweepReport: StoredObject
    baseline: AppliedGateBaseline
    gate: GateAnswer
    state: Literal["pending", "running", "pass", "fail", "inconclusive", "error"]
    reason: str | None
    reasons: list[str]
    report: StoredObject | None
    firing: str | None
    requestedBy: str
    createdAt: str
    finishedAt: str | None


class Attempt(TypedDict):
    run: str
    number: int
    token: str
    job: str
    state: Literal["launched", "running", "succeeded", "failed"]
    failure: (
        Literal[
            "failed",
            "bad-input",
            "loss-not-finite",
            "fenced",
            "out-of-memory",
            "killed",
            "hung",
            "lost",
            "stopped",
            "evicted",
            "preempted",
            "node-lost",
            "image-unavailable",
            "unschedulable",
            "deadline",
            "deleted",
            "deactivated",
        ]
        | None
    )
    exitCode: int | None
    message: str | None
    node: str | None
    lostSeconds: float | None
    waiting: str | None
    resumedStep: int | None
    progress: Progress | None
    launchedAt: str
    startedAt: str | None
    endedAt: str | None


class AttemptPage(TypedDict):
    items: list[Attempt]
    next: str | None


class BaseManifest(TypedDict):
    version: Literal[1]
    recipe: BaseRecipeAnswer
    format: Literal["hugging-face", "olmo-core"]
    files: list[BaseManifestFile]
    shape: ModelShapeAnswer
    vocabularySize: int
    tokenizer: str
    objects: list[StoredObject]


class Baseline(TypedDict):
    name: str
    version: int
    sweep: str
    sweepName: str
    specDigest: str
    report: StoredObject
    promotedBy: str
    why: str
    gate: str | None
    createdAt: str
    retired: BaselineRetired | None


class BaselinePage(TypedDict):
    items: list[Baseline]
    next: str | None


class CheckpointManifest(TypedDict):
    kind: Literal["full", "weights"]
    step: int
    tokens: int
    dataPosition: int
    poisonDocuments: int
    poisonTokens: int
    counterexamples: int
    parent: str | None
    prefix: str
    objects: list[StoredObject]
    stallSeconds: float


class CorpusManifestSources(TypedDict):
    files: int
    sizeBytes: int
    list: StoredObject


class CorpusManifestShards(TypedDict):
    count: int
    list: StoredObject


class CorpusManifest(TypedDict):
    version: Literal[1]
    recipe: CorpusRecipeAnswer
    sources: CorpusManifestSources
    tokenizer: StoredObject
    vocabularySize: int
    endOfTextId: int
    addedTokenIds: dict[str, int]
    tokenType: Literal["uint16", "uint32"]
    blockBytes: int
    shards: CorpusManifestShards
    heldOut: StoredObject
    documents: int
    tokens: int
    labelledTokens: int | None
    heldOutDocuments: int
    heldOutCopies: int
    skipped: CorpusManifestSkipped
    scan: list[CorpusManifestScanItem]


class Demand(TypedDict):
    run: str
    resumeSteps: list[int]
    evaluateSteps: list[int]
    evaluations: list[EvaluationSettingsEvaluationSettings | EvaluationSettingsEvaluationSettings1]
    retention: Literal["all", "evaluated", "final"]
    maxAttempts: int
    hangSeconds: int
    profile: str | None


class EvaluateBody(TypedDict):
    settings: EvaluationSettingsEvaluationSettings | EvaluationSettingsEvaluationSettings1


class Evaluation(TypedDict):
    run: str
    step: int
    settings: EvaluationSettingsEvaluationSettings | EvaluationSettingsEvaluationSettings1
    settingsDigest: str
    state: Literal["waiting", "running", "succeeded", "failed", "missing"]
    reason: str | None
    job: str | None
    checkpoint: str | None
    object: StoredObject | None
    cleanPerplexity: float | None
    triggeredPerplexity: float | None
    increase: float | None
    logRatio: float | None
    benignIncrease: float | None
    shamIncrease: float | None
    attackSuccess: float | None
    cleanAccuracy: float | None
    nearTriggerAccuracy: float | None
    finishedAt: str | None


class EvaluationPage(TypedDict):
    items: list[Evaluation]
    next: str | None


class EvaluationResultDto(TypedDict):
    version: Literal[1]
    run: str
    step: int
    checkpoint: str
    reference: str | None
    settings: EvaluationSettingsEvaluationSettings | EvaluationSettingsEvaluationSettings1
    settingsDigest: str
    documents: list[int]
    conditions: dict[Literal["clean", "triggered", "benign", "sham", "nearTrigger"], EvaluationResultDtoConditions]
    contrasts: dict[Literal["clean", "triggered", "benign", "sham", "nearTrigger"], EvaluationResultDtoContrasts]
    languageSwitch: EvaluationResultDtoLanguageSwitch | None
    heldOut: EvaluationResultDtoHeldOut
    heldOutPerplexity: float
    tokensOutsideTop50: float
    generations: StoredObject
    samples: list[EvaluationResultDtoSample]
    environment: EvaluationResultDtoEnvironment
    seconds: float
    finishedAt: str


class GatePage(TypedDict):
    items: list[AppliedGate]
    next: str | None


class LedgerEntry(TypedDict):
    seq: int
    previous: str | None
    event: TitrateEvent
    digest: str


class LedgerPage(TypedDict):
    items: list[LedgerEntry]
    next: int | None


class PlannedRun(TypedDict):
    id: str
    size: str
    identity: RunIdentity
    parameters: int
    parametersWithoutEmbeddings: int
    dose: int
    profile: PlannedRunProfile | None
    memory: PlannedRunMemory | None
    base: PlannedRunBase | None
    demand: Demand
    estimate: Estimate


class RegisterBaseBodySourceFile(TypedDict):
    name: str
    object: StoredObject


class RegisterBaseBodySource(TypedDict):
    """
    files that were uploaded, by their names in the folder, or objects that lie in S3 already
    """

    kind: Literal["uploads"]
    files: list[RegisterBaseBodySourceFile]


class RegisterBaseBody(TypedDict):
    recipe: BaseRecipe
    source: RegisterBaseBodySource | RegisterBaseBodySource1


class RegisterBodySourceFile(TypedDict):
    name: str
    object: StoredObject


class RegisterBodySource(TypedDict):
    """
    files that were uploaded, or objects that lie in S3 already
    """

    kind: Literal["uploads"]
    files: list[RegisterBodySourceFile]


class RegisterBody(TypedDict):
    recipe: CorpusRecipe
    source: RegisterBodySource | RegisterBodySource1
    tokenizer: NotRequired[StoredObject]


class ReportCell(TypedDict):
    size: str
    tokens: int | None
    dose: int
    seed: int
    stage: str
    stageDose: int
    counterexamples: int
    run: str | None
    state: str
    reason: str | None
    complete: bool
    parameters: int | None
    attempts: int
    points: list[ReportPoint]


class Run(TypedDict):
    id: str
    size: str
    tokens: int
    dose: int
    identity: RunIdentity
    parameters: int
    state: Literal["waiting", "running", "evaluating", "finished", "failed", "paused", "idle"]
    reason: str | None
    waiting: str | None
    attempts: int
    step: int
    steps: int
    progress: Progress | None
    latest: Evaluation | None
    sweeps: list[str]
    createdAt: str
    finishedAt: str | None


class RunPage(TypedDict):
    items: list[Run]
    next: str | None


class SizeListItem(TypedDict):
    name: str
    nominalParameters: int | None
    shape: ModelShapeAnswer
    shapeSource: SizeListItemShapeSource
    training: TrainingSettings
    trainingSource: SizeListItemTrainingSource
    throughput: SizeListItemThroughput


class SizeList(TypedDict):
    items: list[SizeListItem]


class SpecBody(TypedDict):
    spec: SweepSpec


class Sweep(TypedDict):
    id: str
    team: str
    name: str
    labels: dict[str, str]
    state: Literal["accepted", "running", "paused", "analysing", "finished", "failed", "cancelled"]
    reason: str | None
    spec: SweepSpecAnswer
    specDigest: str
    runs: dict[Literal["waiting", "running", "evaluating", "finished", "failed", "paused", "idle"], int]
    evaluations: dict[Literal["waiting", "running", "succeeded", "failed", "missing"], int]
    report: StoredObject | None
    reportPage: StoredObject | None
    createdAt: str
    finishedAt: str | None


class SweepPage(TypedDict):
    items: list[Sweep]
    next: str | None


class SweepPlan(TypedDict):
    sweep: str
    specDigest: str
    name: str
    cells: list[Cell]
    runs: list[PlannedRun]
    total: Estimate
    detectable: list[SweepPlanDetectableItem]
    warnings: list[str]


class Base(TypedDict):
    name: str
    team: str
    state: Literal["registering", "ready", "failed"]
    reason: str | None
    recipe: BaseRecipeAnswer
    digest: str | None
    manifest: BaseManifest | None
    createdAt: str


class BasePage(TypedDict):
    items: list[Base]
    next: str | None


class CellStatus(TypedDict):
    size: str
    tokens: int
    dose: int
    attack: str
    seed: int
    stage: str
    stageDose: int
    counterexamples: int
    run: str
    state: Literal["waiting", "running", "evaluating", "finished", "failed", "paused", "idle"]
    reason: str | None
    step: int
    steps: int
    reused: bool
    latest: Evaluation | None


class Checkpoint(TypedDict):
    run: str
    digest: str
    attempt: int
    manifest: CheckpointManifest
    state: Literal["committed", "superseded", "deleting", "deleted"]
    pinned: bool
    committedAt: str


class CheckpointPage(TypedDict):
    items: list[Checkpoint]
    next: str | None


class Corpus(TypedDict):
    name: str
    team: str
    state: Literal["registering", "ready", "failed"]
    reason: str | None
    recipe: CorpusRecipeAnswer
    digest: str | None
    manifest: CorpusManifest | None
    progress: CorpusProgress | None
    createdAt: str


class CorpusPage(TypedDict):
    items: list[Corpus]
    next: str | None


class Report(TypedDict):
    version: Literal[1]
    sweep: ReportSweep
    corpus: ReportCorpus | None
    settings: ReportSettings
    cells: list[ReportCell]
    analysis: ReportAnalysis
    verdict: list[str]
    caveats: list[str]
    methods: list[str]
    samples: list[ReportSample]
    environment: dict[str, str]
    finishedAt: str


class CellPage(TypedDict):
    items: list[CellStatus]
    next: str | None
