import { config } from 'zod';

// Imported before every schema: the policy of the page lets no text become a function, and zod would try once.
config({ jitless: true });
