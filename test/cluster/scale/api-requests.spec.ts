import { describe, expect, it } from '@jest/globals';
import { readRequests, requestsBetween } from './api-requests.ts';

const metrics = (posts: number, dispatched: number) => `# HELP apiserver_request_total requests
apiserver_request_total{code="201",component="apiserver",resource="jobs",scope="resource",subresource="",verb="POST",version="v1"} ${posts}
apiserver_request_total{code="409",component="apiserver",resource="jobs",scope="resource",subresource="",verb="POST",version="v1"} 2
apiserver_request_total{code="200",component="apiserver",resource="pods",scope="resource",subresource="status",verb="PATCH",version="v1"} 5
apiserver_flowcontrol_dispatched_requests_total{flow_schema="count-titrate-a",priority_level="workload-high"} ${dispatched}
apiserver_flowcontrol_dispatched_requests_total{flow_schema="exempt",priority_level="exempt"} 1e+06
`;

describe('readRequests()', () => {
  it('adds up requests by verb and resource, whatever their outcome', () => {
    const { all } = readRequests(metrics(40, 9), 'titrate-a');
    expect(Object.fromEntries(all)).toEqual({ 'POST jobs': 42, 'PATCH pods/status': 5 });
  });

  it('tells the requests of the account that is counted apart', () => {
    expect(readRequests(metrics(40, 9), 'titrate-a').counted).toBe(9);
    expect(readRequests(metrics(40, 9), 'titrate-b').counted).toBe(0);
  });
});

describe('requestsBetween()', () => {
  it('tells what was asked in between', () => {
    const between = requestsBetween(readRequests(metrics(40, 9), 'titrate-a'), readRequests(metrics(50, 30), 'titrate-a'));
    expect(Object.fromEntries(between.all)).toEqual({ 'POST jobs': 10 });
    expect(between.counted).toBe(21);
  });
});
