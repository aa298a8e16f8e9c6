import { describeJobLauncher } from '../job-launcher.contract.ts';
import { newLocalHarness } from './local-harness.ts';

describeJobLauncher('local', async () => newLocalHarness());
