//! A chain of states that nobody sees, of which the ink of each cell says a little: what all other cells say about one
//! (the forward and backward sums of a hidden Markov model).

/// Cells of the longest chain: the names of a passport or a visa.
const MOST: usize = 39;

/// How likely each state is in each cell, given the ink of all the others; of cells beyond the longest chain nothing.
/// `ink` is the likelihood of a cell's ink under each state, `steps` the way from each state to each, `first` the
/// first cell's states.
pub(super) fn priors<const N: usize>(
    ink: &[[f32; N]],
    steps: &[[f32; N]; N],
    first: [f32; N],
) -> [[f32; N]; MOST] {
    let ink = &ink[..ink.len().min(MOST)];
    let mut behind = [[1.0_f32; N]; MOST];
    for nth in (1..ink.len()).rev() {
        let from = |steps: &[f32; N]| (0..N).map(|to| steps[to] * ink[nth][to] * behind[nth][to]).sum();
        behind[nth - 1] = scaled(steps.each_ref().map(from));
    }
    let mut before = first;
    for (ink, prior) in ink.iter().zip(&mut behind) {
        *prior = scaled(std::array::from_fn(|s| before[s] * prior[s]));
        let here: [f32; N] = std::array::from_fn(|s| before[s] * ink[s]);
        before = scaled(std::array::from_fn(|to| (0..N).map(|from| here[from] * steps[from][to]).sum()));
    }
    behind
}

/// Adding up to one, so that a line's product stays in range.
fn scaled<const N: usize>(states: [f32; N]) -> [f32; N] {
    let sum = states.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    states.map(|state| state / sum)
}
