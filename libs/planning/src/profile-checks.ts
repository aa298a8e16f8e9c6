import { parseQuantity, type JobConfiguration, type JobProfile, type NodeCapacity } from '@titrate/contracts';
import { isAllowedBy, taintInWords, untolerated } from './node-rules.ts';
import { problem, type SpecProblem } from './problem.ts';
import { assignedProfile } from './profile-of.ts';

/** How the jobs of a plan will run. */
export interface JobContext {
  readonly configuration: JobConfiguration;
  /** The nodes; null where nobody knows them, and then nothing is checked against them. */
  readonly nodes: readonly NodeCapacity[] | null;
}

/** A size of a plan, and its parameters with embeddings. */
export interface PlannedSize {
  readonly name: string;
  readonly parameters: number;
}

/**
 * Everything that keeps the jobs of a plan from ever running: a profile that is not configured, or one that asks a node for
 * more than any has, or for more such nodes than there are. Checked are the wanted profile, or those that are assigned.
 */
export function profileProblems(
  wanted: string | undefined,
  sizes: readonly PlannedSize[],
  { configuration, nodes }: JobContext,
): SpecProblem[] {
  const known = Object.keys(configuration.profiles).join(', ');
  if (wanted !== undefined && configuration.profiles[wanted] === undefined)
    return [problem('profile', `must be one of the profiles ${known}`, wanted)];
  const asked = sizes.flatMap((size) => [
    wanted === undefined
      ? { field: 'grid.sizes', size, name: assignedProfile(configuration, 'train', size.parameters) }
      : { field: 'profile', size, name: wanted },
    { field: 'grid.sizes', size, name: assignedProfile(configuration, 'evaluate', size.parameters) },
  ]);
  const found = asked.flatMap(({ field, size, name }) => {
    if (name === null)
      return [problem(field, `must be sizes that a profile is assigned to: none is for ${size.parameters} parameters`, size.name)];
    const lack = nodes === null ? null : lackOf(configuration.profiles[name]!, nodes);
    const value = field === 'profile' ? name : size.name;
    return lack === null ? [] : [problem(field, `must have a profile that the cluster can run: ${name} ${lack}`, value)];
  });
  return [...new Map(found.map((one) => [`${one.field} ${one.rule}`, one])).values()];
}

/**
 * Profiles that the cluster can run, and cannot now: nodes that it would take are cordoned or not ready. One sentence for each.
 * Jobs wait for such nodes, so a plan is not refused for them.
 */
export function profileWarnings(wanted: string | undefined, sizes: readonly PlannedSize[], { configuration, nodes }: JobContext): string[] {
  if (nodes === null) return [];
  const names = sizes.flatMap(({ parameters }) => [
    wanted ?? assignedProfile(configuration, 'train', parameters),
    assignedProfile(configuration, 'evaluate', parameters),
  ]);
  const away = nodes.filter((node) => node.away !== null).map((node) => `${node.name} ${node.away}`);
  return [...new Set(names)].flatMap((name) => {
    const profile = name === null ? undefined : configuration.profiles[name];
    if (profile === undefined || lackOf(profile, nodes) !== null) return [];
    const lack = lackOf(
      profile,
      nodes.filter((node) => node.away === null),
    );
    const told =
      away.length > MOST_NAMES ? `${away.slice(0, MOST_NAMES).join(', ')} and ${away.length - MOST_NAMES} more` : away.join(', ');
    return lack === null ? [] : [`profile ${name} ${lack}, as ${told}: its jobs wait until that is over`];
  });
}

/** Nodes that a warning names. */
const MOST_NAMES = 3;

/** What a cluster lacks for a profile, in words; null when it fits. Each rule looks at the nodes that the ones before have left. */
function lackOf(profile: JobProfile, all: readonly NodeCapacity[]): string | null {
  if (all.length === 0) return 'asks for a node, and the cluster has none';
  const labels = Object.entries(profile.nodeSelector);
  const labelled = all.filter((node) => labels.every(([label, value]) => node.labels[label] === value));
  const where = labels.length === 0 ? 'no node' : `no node with ${labels.map(([label, value]) => `${label}=${value}`).join(', ')}`;
  if (labelled.length === 0) return `asks for a node, and there is ${where}`;
  const allowed = labelled.filter((node) => isAllowedBy(profile.affinity, node));
  if (allowed.length === 0) return `asks for a node, and there is ${where} that its node affinity allows`;
  const nodes = allowed.filter((node) => untolerated(profile.tolerations, node).length === 0);
  if (nodes.length === 0) {
    const taints = new Set(allowed.flatMap((node) => untolerated(profile.tolerations, node).map(taintInWords)));
    return `asks for a node, and there is ${where} whose taints it tolerates: ${[...taints].join(', ')}`;
  }
  for (const { what, amount, of, inWords } of demandsOf(profile)) {
    const most = Math.max(...nodes.map(of));
    if (most < amount) return `asks for ${inWords(amount)} ${what} a node, and ${where} has more than ${inWords(most)}`;
  }
  const fitting = nodes.filter((node) => demandsOf(profile).every(({ amount, of }) => of(node) >= amount)).length;
  const needed = profile.onePodPerNode ? profile.nodes : 1;
  return fitting < needed ? `asks for ${profile.nodes} nodes, and the cluster has ${fitting} that are large enough` : null;
}

interface ResourceDemand {
  readonly what: string;
  readonly amount: number;
  readonly of: (node: NodeCapacity) => number;
  readonly inWords: (amount: number) => string;
}

function demandsOf({ gpusPerNode, gpuResource, cpu, memory }: JobProfile): ResourceDemand[] {
  const inGibibytes = (bytes: number) => `${Math.round((bytes / 1024 ** 3) * 10) / 10} GiB`;
  return [
    { what: gpuResource, amount: gpusPerNode, of: (node) => node.gpus[gpuResource] ?? 0, inWords: String },
    { what: 'processors', amount: parseQuantity(cpu), of: (node) => node.cpu, inWords: String },
    { what: 'of memory', amount: parseQuantity(memory), of: (node) => node.memoryBytes, inWords: inGibibytes },
  ];
}
