//! Group commit: many callers, few transactions.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use crate::{Added, Ledger, LedgerError};

type Answer = Result<Added, LedgerError>;

/// Entries taken into one transaction at most.
const GROUP: usize = 4096;

/// A handle for appending from many threads. A thread of its own gathers whatever waits into one transaction,
/// so that a hundred callers pay for one `fsync` together.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: Sender<(Vec<u8>, SyncSender<Answer>)>,
}

impl Writer {
    /// Starts the thread. It ends, and hands the ledger back, when the last handle is dropped.
    pub fn start(ledger: Ledger) -> (Self, JoinHandle<Ledger>) {
        let (queue, waiting) = channel();
        let thread = std::thread::spawn(move || run(ledger, &waiting));
        (Self { queue }, thread)
    }

    /// Appends one signed statement and waits until it is durable.
    ///
    /// # Errors
    /// As [`Ledger::append`]; another caller's bad entry does not touch this one.
    pub fn append(&self, entry: Vec<u8>) -> Answer {
        let (answer, wait) = sync_channel(1);
        self.queue.send((entry, answer)).map_err(|_| LedgerError::Closed)?;
        wait.recv().map_err(|_| LedgerError::Closed)?
    }
}

fn run(mut ledger: Ledger, waiting: &Receiver<(Vec<u8>, SyncSender<Answer>)>) -> Ledger {
    while let Ok(request) = waiting.recv() {
        let group: Vec<_> =
            std::iter::once(request).chain(waiting.try_iter().take(GROUP - 1)).collect();
        let (entries, callers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        match ledger.append(entries.clone()) {
            // A caller that stopped waiting does not need its answer.
            Ok(appended) => {
                for (caller, added) in callers.iter().zip(appended.entries) {
                    let _ = caller.send(Ok(added));
                }
            }
            // One of them is refused, or the store failed: each gets its own answer.
            Err(_) => {
                for (caller, entry) in callers.iter().zip(entries) {
                    let _ = caller.send(ledger.append(vec![entry]).and_then(|appended| {
                        appended.entries.first().copied().ok_or(LedgerError::Closed)
                    }));
                }
            }
        }
    }
    ledger
}
