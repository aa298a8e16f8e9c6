import type { Finding, Question } from '@titrate/contracts';
import type { ArtifactStore, StoreIdentity } from './artifact-store.ts';

/** S3 refuses requests whose time is 15 minutes off; anything near that is no matter of drift any more. */
const REFUSED_SECONDS = 900;
const DRIFT_SECONDS = 60;

/** What Titrate needs of its object store, asked by trying it. Nothing stays behind. */
export function storeQuestions(store: ArtifactStore): Question[] {
  const part = 'store';
  return [
    {
      ...{ part, name: 'bucket' },
      mend: 'Look at AWS_ENDPOINT_URL, AWS_REGION, TITRATE_BUCKET and the keys of this process. It makes the bucket when it starts, where its keys may.',
      ask: async () => `${store.bucket}, of ${(await store.identify()).server ?? 'a store that does not tell its name'}`,
    },
    {
      ...{ part, name: 'create-only puts', after: 'bucket' },
      // Only where the bucket is there: some stores make one by the first put into it.
      mend: 'Use a store that honours If-None-Match on PutObject, as AWS S3 and SeaweedFS do, and no proxy before it that drops the header. Start no run until then: two attempts could commit at once.',
      ask: async () => {
        await store.proveCreateOnly();
        return 'a second create of one key is refused';
      },
    },
    {
      ...{ part, name: 'listing', after: 'bucket' },
      mend: 'Allow s3:ListBucket on the bucket: uploads are found and removed by it.',
      ask: async () => {
        await store.list('probes/')[Symbol.asyncIterator]().next();
        return 'objects are listed';
      },
    },
    {
      ...{ part, name: 'clock', after: 'bucket' },
      mend: 'Set the clocks of the store and of this machine by NTP: S3 refuses requests that are 15 minutes off.',
      ask: async () => clockOf(await store.identify()),
    },
  ];
}

function clockOf({ aheadSeconds }: StoreIdentity): string | Finding {
  if (aheadSeconds === null) return 'the store tells no time';
  const found = aheadSeconds === 0 ? 'agrees with ours' : `${Math.abs(aheadSeconds)} s ${aheadSeconds > 0 ? 'ahead of' : 'behind'} ours`;
  if (Math.abs(aheadSeconds) < DRIFT_SECONDS) return found;
  return { state: Math.abs(aheadSeconds) < REFUSED_SECONDS ? 'warning' : 'failed', found };
}
