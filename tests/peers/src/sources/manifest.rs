//! A folder's manifest.tsv as samples, whatever its lines mean.

use std::path::Path;

use super::{Place, SourceError};

/// One line of a manifest, or several that belong together, read but for their pictures.
pub(crate) trait Line: Sized + 'static {
    /// What it becomes.
    type Sample;

    /// Where it counts.
    fn place(&self) -> &Place;

    /// Reads its pictures, whose paths begin at `root`.
    fn load(self, root: &Path) -> Result<Self::Sample, SourceError>;
}

/// Samples one after the other, made when asked for.
type Samples<S> = Box<dyn Iterator<Item = Result<S, SourceError>>>;

/// The samples of a folder whose place holds `only`. Pictures are read when their turn comes. `parse` gives all lines, or the
/// number of the first that does not fit.
///
/// # Errors
/// [`SourceError::Read`] or [`SourceError::Manifest`] at once, the others in their sample's place.
pub(crate) fn samples<L: Line>(
    path: &Path,
    only: &str,
    parse: fn(&str) -> Result<Vec<L>, usize>,
) -> Result<Samples<L::Sample>, SourceError> {
    let manifest = path.join("manifest.tsv");
    let text = std::fs::read_to_string(&manifest)
        .map_err(|reason| SourceError::Read { path: manifest.clone(), reason })?;
    let mut lines = parse(&text).map_err(|line| SourceError::Manifest { path: manifest, line })?;
    lines.retain(|line| line.place().name().contains(only));
    let root = path.to_owned();
    Ok(Box::new(lines.into_iter().map(move |line| line.load(&root))))
}
