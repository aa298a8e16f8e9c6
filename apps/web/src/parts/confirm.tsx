import { useRef, type ReactNode } from 'react';

interface ConfirmProps {
  /** The word on the button, and on the one that confirms. */
  readonly action: string;
  readonly question: string;
  /** What follows of a yes. */
  readonly children: ReactNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
}

/** A button whose action is asked about first. The dialog is the browser's own: it keeps the focus, and Escape closes it. */
export function Confirm({ action, question, children, danger = false, disabled = false, onConfirm }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const look = danger ? 'danger' : undefined;
  const confirm = () => {
    dialog.current?.close();
    onConfirm();
  };
  return (
    <>
      <button type="button" className={look} disabled={disabled} onClick={() => dialog.current?.showModal()}>
        {action}
      </button>
      <dialog ref={dialog} aria-label={question}>
        <h2>{question}</h2>
        {children}
        <div className="tools">
          <button type="button" className={look ?? 'primary'} onClick={confirm}>
            {action}
          </button>
          <button type="button" autoFocus onClick={() => dialog.current?.close()}>
            Leave it
          </button>
        </div>
      </dialog>
    </>
  );
}
