import { useState, type FormEvent } from 'react';
import { signIn } from '../data/session.ts';

/** Asks for the token of the server. */
export function TokenPrompt({ refused }: { refused: boolean }) {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') signIn(token.trim());
  };
  return (
    <main className="prompt">
      <form className="card" onSubmit={submit}>
        <h1>Titrate</h1>
        <label htmlFor="token">Token of this server</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          required
          value={token}
          aria-describedby="token-help"
          aria-invalid={refused}
          onChange={(event) => setToken(event.target.value)}
        />
        {refused && (
          <p role="alert" className="problem">
            The server did not take this token.
          </p>
        )}
        <button type="submit" className="primary">
          Open
        </button>
        <p id="token-help" className="soft">
          <code>titrate page</code> prints an address that carries it, for the stack of this machine. It is kept for this tab only.
        </p>
      </form>
    </main>
  );
}
