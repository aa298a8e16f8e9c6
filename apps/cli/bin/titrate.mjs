#!/usr/bin/env node
/**
 * titrate: sets up what the command needs, then runs the command line under Node 24. `up` and `demo` need the whole Python
 * environment; the others speak with a server, or plan offline, and need none.
 */
import { runTask } from '../../../tools/setup/run.mjs';

const parameters = process.argv.slice(2);
const command = parameters.find((parameter) => !parameter.startsWith('-'));
process.exitCode = await runTask(command === 'up' || command === 'demo' ? 'stack' : 'cli', parameters);
