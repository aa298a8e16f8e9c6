export { createStoreAccess, type StoreAccessOptions } from './create-store-access.ts';
export { policyOf, policyLimit, type PolicyDocument, type PolicyStatement } from './policy.ts';
export { scopeOf, ScopeRefused, type JobScope } from './scope.ts';
export {
  credentialsFile,
  StoreAccessFailed,
  type Grant,
  type JobCredentials,
  type ProjectedToken,
  type StoreAccess,
} from './store-access.ts';
