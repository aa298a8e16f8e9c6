import { describe, expect, it } from '@jest/globals';
import { workflowBundle } from './workflow-stage.ts';

describe('the bundle of all workflows', () => {
  it('holds no schemas: it is evaluated anew for each workflow, and they would cost more than the workflow', async () => {
    const bundle = await workflowBundle();
    const code = 'code' in bundle ? bundle.code : '';
    expect(code).toContain('canonicalize');
    expect(code).not.toContain('zod');
  }, 60_000);
});
