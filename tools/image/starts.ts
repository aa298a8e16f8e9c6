import type { Start } from './oci.ts';

/** The user that every container runs as, in every image. */
export const userId = 65532;

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const User = `${userId}:${userId}`;

/** How a container of each image starts when nothing else is said. The Dockerfiles say the same; a test compares them. */
export const starts = {
  trainer: {
    User,
    Env: [
      `PATH=/opt/titrate/venv/bin:${SYSTEM_PATH}`,
      'PYTHONPATH=/opt/titrate/apps/trainer',
      'PYTHONUNBUFFERED=1',
      'PYTHONDONTWRITEBYTECODE=1',
      'HF_HUB_OFFLINE=1',
      'HOME=/titrate/scratch',
      // OLMo-core makes a folder there when it is imported, below /tmp unless told otherwise.
      'OLMO_TRITON_CACHE_BASE=/titrate/scratch/triton',
    ],
    WorkingDir: '/titrate/scratch',
    Entrypoint: ['python', '-m', 'trainer'],
  },
  'control-plane': {
    User,
    Env: [
      `PATH=${SYSTEM_PATH}`,
      'NODE_ENV=production',
      'HOME=/tmp',
      // SWC unpacks itself below HOME and refuses an emptyDir, as all users may write it; a pod has one user.
      'SWC_NATIVE_BINDING_CACHE_SKIP_SECURITY_CHECK=1',
    ],
    WorkingDir: '/opt/titrate',
    Cmd: ['node', 'apps/worker/src/main.ts'],
  },
  python: { User, Env: [`PATH=${SYSTEM_PATH}`], WorkingDir: '/', Cmd: ['python'] },
  pause: { User: '65535:65535', Env: [], Entrypoint: ['/pause'] },
} satisfies Record<string, Start>;
