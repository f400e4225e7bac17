//! Which three letters stand for a state: what two of them say about the third.

use super::alphabet::CLASSES;
use super::letters::{FILLER, STRANGER};

/// Codes of Doc 9303-3 section 5: ISO 3166-1, parts A to D, specimens', and the one letter that Germany has.
const CODES: &[u8] = b"\
ABWAFGAGOAIAALAALBANDAREARGARMASMATAATFATGAUSAUTAZEBDIBELBENBESBFABGDBGRBHRBHSBIHBLMBLRBLZBMUBOLBRABRBBRNBTNBVTBWA\
CAFCANCCKCHECHLCHNCIVCMRCODCOGCOKCOLCOMCPVCRICUBCUWCXRCYMCYPCZED<<DEUDJIDMADNKDOMDZAECUEGYERIESHESPESTETHEUE\
FINFJIFLKFRAFROFSMGABGBDGBNGBOGBPGBRGBSGEOGGYGHAGIBGINGLPGMBGNBGNQGRCGRDGRLGTMGUFGUMGUYHKGHMDHNDHRVHTIHUN\
IDNIMNINDIOTIRLIRNIRQISLISRITAJAMJEYJORJPNKAZKENKGZKHMKIRKNAKORKWTLAOLBNLBRLBYLCALIELKALSOLTULUXLVA\
MACMAFMARMCOMDAMDGMDVMEXMHLMKDMLIMLTMMRMNEMNGMNPMOZMRTMSRMTQMUSMWIMYSMYTNAMNCLNERNFKNGANICNIUNLDNORNPLNRUNZLOMN\
PAKPANPCNPERPHLPLWPNGPOLPRIPRKPRTPRYPSEPYFQATREURKSROURUSRWASAUSDNSENSGPSGSSHNSJMSLBSLESLVSMRSOMSPMSRBSSDSTPSURSVKSVN\
SWESWZSXMSYCSYRTCATCDTGOTHATJKTKLTKMTLSTONTTOTUNTURTUVTWNTZAUGAUKRUMIUNAUNKUNOURYUSAUTOUZBVATVCTVENVGBVIRVNMVUT\
WLFWSMXBAXCCXCEXCOXDCXECXESXIMXMPXOMXPOXXAXXBXXCXXXYEMZAFZMBZWE";

/// Share of codes that are not listed: a new state, an issuer's own.
const OTHER: f32 = 0.1;

/// However sure two letters are of the third, ink that is as many times likelier wins.
const OVERRULED: f32 = 100.0;

/// A letter that is surely wrong takes no more than this from a code: dirt does not make a state.
const FLOOR: f32 = 1e-4;

/// Turns the probabilities of a code's three cells into how usual each class is there, given the other two.
pub(crate) fn shares(cells: &[[f32; CLASSES]; 3], shares: &mut [[f32; CLASSES]; 3]) {
    let codes = CODES.as_chunks::<3>().0;
    let listed = (1.0 - OTHER) / codes.len() as f32;
    let class = |letter: u8| if letter == b'<' { FILLER } else { usize::from(letter - b'A') + 10 };
    let sums = cells.map(|cell| cell[10..=FILLER].iter().sum::<f32>() / 26.0 + FLOOR);
    for (nth, shares) in shares.iter_mut().enumerate() {
        let (a, b) = ((nth + 1) % 3, (nth + 2) % 3);
        let mut sum = [0.0; CLASSES];
        // Of a code that is not listed the last letters may be missing.
        let last = if nth == 0 { FILLER } else { FILLER + 1 };
        sum[10..last].fill(OTHER / 26.0 * sums[a] * sums[b]);
        for code in codes {
            let ink = |at: usize| cells[at][class(code[at])] + FLOOR;
            sum[class(code[nth])] += listed * ink(a) * ink(b);
        }
        let most = sum.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        for (class, (share, sum)) in shares.iter_mut().zip(sum).enumerate() {
            *share = match class {
                class if (10..last).contains(&class) => (sum / most).max(1.0 / OVERRULED),
                _ => STRANGER / OVERRULED,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(letters: &[(u8, f32)]) -> [f32; CLASSES] {
        let mut cell = [1e-5; CLASSES];
        for (letter, p) in letters {
            cell[usize::from(letter - b'A') + 10] = *p;
        }
        cell
    }

    fn likeliest(cells: &[[f32; CLASSES]; 3]) -> String {
        let mut prior = [[0.0; CLASSES]; 3];
        shares(cells, &mut prior);
        let best = |(cell, prior): (&[f32; CLASSES], &[f32; CLASSES])| {
            (10..FILLER).max_by(|a, b| (cell[*a] * prior[*a]).total_cmp(&(cell[*b] * prior[*b])))
        };
        cells.iter().zip(&prior).filter_map(best).map(|class| (b'A' + class as u8 - 10) as char).collect()
    }

    #[test]
    fn codes_are_sorted_threes_of_which_none_comes_twice() {
        assert_eq!(CODES.len() % 3, 0);
        assert!(CODES.as_chunks::<3>().0.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn two_clear_letters_tell_a_doubtful_third() {
        let doubtful = cell(&[(b'B', 0.6), (b'D', 0.3)]);
        assert_eq!(likeliest(&[cell(&[(b'N', 0.99)]), cell(&[(b'L', 0.99)]), doubtful]), "NLD");
    }

    #[test]
    fn a_clear_code_that_is_not_listed_stays() {
        assert_eq!(likeliest(&[cell(&[(b'Q', 0.99)]), cell(&[(b'L', 0.99)]), cell(&[(b'B', 0.999)])]), "QLB");
    }
}
