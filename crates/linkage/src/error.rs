use thiserror::Error;

/// Why two tables cannot be linked.
#[derive(Debug, Error)]
pub enum LinkError {
    /// A table cannot be read.
    #[error("{table}: {what}")]
    Table {
        /// Its name.
        table: String,
        /// What is wrong and what to do.
        what: String,
    },
    /// A model cannot be read; the messages point at the text.
    #[error("the model has {} mistakes", .0.len())]
    Model(Vec<notation::Message>),
    /// The tables have nothing that can be compared.
    #[error("{0}")]
    Nothing(String),
}
