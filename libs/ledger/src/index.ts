export { chainEntry, chainEvents, entryDigest, verifyChain, type ChainCheck, type LedgerHead } from './chain.ts';
