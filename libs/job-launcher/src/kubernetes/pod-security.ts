import type { V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';

/** The user of the images, who owns nothing but what is mounted for writing. */
const user = 65_532;

/**
 * A pod by the `restricted` standard. Mounted volumes belong to the group, so that the user may read its Secret and write its scratch.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const podSecurity: V1PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Its container: no capability, no way to gain one, nothing to write to but the volumes. */
export const containerSecurity: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
};
