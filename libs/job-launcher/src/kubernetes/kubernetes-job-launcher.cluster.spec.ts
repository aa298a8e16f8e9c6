import { describeJobLauncher } from '../job-launcher.contract.ts';
import { newKubernetesHarness } from './kubernetes-harness.ts';

describeJobLauncher('kubernetes', newKubernetesHarness);
