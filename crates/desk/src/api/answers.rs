//! Answers, remembered for as long as the case stays as it is.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use assessment::{Assessment, Assessor};
use axum::body::Bytes;
use sha2::{Digest, Sha256};
use statement::civil;
use tokio::sync::watch;

use super::question::{Question, Snapshot};
use crate::material::{Material, Problem};

/// Reads the case again; called when its ledger has grown.
pub type Source = Box<dyn Fn() -> Result<Material, String> + Send + Sync>;

/// Days whose assessment is kept.
const DAYS: usize = 6;
/// Bytes of answers that are kept.
const MOST_BYTES: usize = 24 << 20;
/// How often the ledger's file is looked at.
const LOOK: Duration = Duration::from_millis(700);

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its media type.
    pub media_type: &'static str,
    /// What it says.
    pub bytes: Bytes,
    /// Its strong validator, quoted.
    pub etag: Arc<str>,
}

/// The case behind the API.
pub struct Answers {
    source: Source,
    now: RwLock<Arc<Now>>,
    /// The day shown when none is asked for; today otherwise.
    day: Option<civil::Date>,
    grown: watch::Sender<u64>,
}

/// The case as it is now. Another takes its place when the ledger grows, and all that was remembered goes with it.
struct Now {
    material: Arc<Material>,
    generation: u64,
    assessor: Mutex<(Assessor, Days)>,
    kept: Mutex<Kept>,
}

/// The days assessed last, the oldest first.
type Days = VecDeque<(civil::Date, Arc<Assessment>)>;

#[derive(Default)]
struct Kept {
    answers: HashMap<(Question, civil::Date), Answer>,
    order: VecDeque<(Question, civil::Date)>,
    bytes: usize,
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answers").field("day", &self.day).finish_non_exhaustive()
    }
}

/// A panic while a lock was held leaves at worst a remembered answer out.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Today, UTC.
#[must_use]
pub(super) fn today() -> civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}

impl Answers {
    /// Answers about a case. `day` is shown when a question names none; without it today is.
    #[must_use]
    pub fn new(material: Material, day: Option<civil::Date>, source: Source) -> Self {
        let (grown, _) = watch::channel(material.recorded.size);
        Self { source, now: RwLock::new(Arc::new(Now::new(material, 0))), day, grown }
    }

    fn now(&self) -> Arc<Now> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The case and its assessment on a day.
    #[must_use]
    pub fn snapshot(&self, day: Option<civil::Date>) -> Snapshot {
        self.now().snapshot(self.day(day))
    }

    fn day(&self, asked: Option<civil::Date>) -> civil::Date {
        asked.or(self.day).unwrap_or_else(today)
    }

    /// The answer when it is remembered; no work at all.
    #[must_use]
    pub fn remembered(&self, question: &Question, day: Option<civil::Date>) -> Option<Answer> {
        let key = (question.clone(), self.day(day));
        lock(&self.now().kept).answers.get(&key).cloned()
    }

    /// The answer; works it out where it is not remembered.
    ///
    /// # Errors
    /// When there is no such thing, the question is wrong, or the ledger cannot be read.
    pub fn answer(&self, question: Question, day: Option<civil::Date>) -> Result<Answer, Problem> {
        let day = self.day(day);
        let now = self.now();
        let (media_type, bytes) = question.answer(&now.snapshot(day), today())?;
        let etag = now.etag(&question, day).into();
        let answer = Answer { media_type, bytes: bytes.into(), etag };
        lock(&now.kept).keep((question, day), answer.clone());
        Ok(answer)
    }

    /// Told the size of the ledger whenever it has grown.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.grown.subscribe()
    }

    /// Looks at the ledger's file again and again and reads the case anew when it has changed; for a thread of its
    /// own. Ends when nobody holds the answers any more.
    pub fn watch(answers: &Arc<Self>) {
        let weak = Arc::downgrade(answers);
        let Some(file) = answers.now().material.ledger.clone() else { return };
        let mut seen = marks(&file);
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(LOOK);
                let Some(answers) = weak.upgrade() else { return };
                let marks = marks(&file);
                if marks != seen {
                    seen = marks;
                    answers.look_again();
                }
            }
        });
    }

    /// Reads the case anew if its ledger's root is another; keeps what it has when it cannot be read just now.
    pub fn look_again(&self) {
        let now = self.now();
        let root = now.material.open_ledger().ok().flatten().and_then(|l| l.head().ok());
        if root.is_none_or(|head| head.root.to_string() == now.material.recorded.root) {
            return;
        }
        if let Ok(material) = (self.source)() {
            let size = material.recorded.size;
            let next = Arc::new(Now::new(material, now.generation + 1));
            *self.now.write().unwrap_or_else(PoisonError::into_inner) = next;
            self.grown.send_replace(size);
        }
    }
}

/// What changes when SQLite writes: time and length of the file and of its journal.
fn marks(file: &Path) -> [Option<(SystemTime, u64)>; 2] {
    let mut journal = file.as_os_str().to_owned();
    journal.push("-wal");
    [file, Path::new(&journal)].map(|path| {
        let meta = std::fs::metadata(path).ok()?;
        Some((meta.modified().ok()?, meta.len()))
    })
}

impl Now {
    fn new(material: Material, generation: u64) -> Self {
        let assessor = Assessor::with_field(material.field.clone());
        Self {
            material: Arc::new(material),
            generation,
            assessor: Mutex::new((assessor, Days::new())),
            kept: Mutex::default(),
        }
    }

    fn snapshot(&self, day: civil::Date) -> Snapshot {
        let mut held = lock(&self.assessor);
        let (assessor, days) = &mut *held;
        let assessment = match days.iter().find(|(d, _)| *d == day) {
            Some((_, kept)) => Arc::clone(kept),
            None => {
                let m = &self.material;
                let made = Arc::new(assessor.assess(&m.case, m.roadmap.as_ref(), day));
                if days.len() == DAYS {
                    days.pop_front();
                }
                days.push_back((day, Arc::clone(&made)));
                made
            }
        };
        Snapshot { material: Arc::clone(&self.material), assessment }
    }

    /// From the root, the folder's text, the day and the question: what the answer is a function of, with the
    /// version of the program that gives it.
    fn etag(&self, question: &Question, day: civil::Date) -> String {
        let m = &self.material;
        let mut hash = Sha256::new();
        let from = format!(
            "{}\n{}\n{}\n{day}\n{}\n{question:?}",
            env!("CARGO_PKG_VERSION"),
            m.recorded.root,
            m.digest,
            today(),
        );
        hash.update(from.as_bytes());
        let digest = hash.finalize();
        let hex: String = digest.iter().take(12).map(|b| format!("{b:02x}")).collect();
        format!("\"{hex}\"")
    }
}

impl Kept {
    fn keep(&mut self, key: (Question, civil::Date), answer: Answer) {
        let size = answer.bytes.len();
        if size > MOST_BYTES / 4 || self.answers.contains_key(&key) {
            return;
        }
        self.bytes += size;
        self.order.push_back(key.clone());
        self.answers.insert(key, answer);
        while self.bytes > MOST_BYTES || self.order.len() > 4096 {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(gone) = self.answers.remove(&oldest) {
                self.bytes -= gone.bytes.len();
            }
        }
    }
}
