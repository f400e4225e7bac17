//! Arithmetic in GF(256) over x⁸ + x⁴ + x³ + x² + 1, the field of the code's error correction.
//!
//! Products with whole polynomials run over [`Lanes`]: 32 bytes at a time, bit by bit with masks, which compilers turn
//! into vector instructions on every target. One such product costs about as much as ten table look-ups.

/// Bytes handled at a time: one more than the most error correction codewords of a block, 30, and a power of two.
pub(super) const LANES: usize = 32;

/// A polynomial, the constant term first, or one value for each syndrome.
pub(super) type Lanes = [u8; LANES];

/// Order of the field's multiplicative group.
const ORDER: usize = 255;

/// Powers of the generator α = 2, twice over so that sums of two logarithms need no remainder.
static POWERS: [u8; 2 * ORDER] = powers();
/// Logarithms to base α; that of 0 is never asked for.
static LOGS: [u8; 256] = logs();
/// Lane `i` of row `b` is α to the power of `i + b`: what bit `b` contributes to a product with α to the power of `i`.
static STEP: [Lanes; 8] = step();

const fn powers() -> [u8; 2 * ORDER] {
    let mut all = [0; 2 * ORDER];
    let mut value = 1_u8;
    let mut i = 0;
    while i < 2 * ORDER {
        all[i] = value;
        value = double(value);
        i += 1;
    }
    all
}

const fn logs() -> [u8; 256] {
    let powers = powers();
    let mut all = [0; 256];
    let mut i = 0;
    while i < ORDER {
        all[powers[i] as usize] = i as u8;
        i += 1;
    }
    all
}

const fn step() -> [Lanes; 8] {
    let powers = powers();
    let mut all = [[0; LANES]; 8];
    let mut at = 0;
    while at < 8 * LANES {
        let (bit, lane) = (at / LANES, at % LANES);
        all[bit][lane] = powers[bit + lane];
        at += 1;
    }
    all
}

/// The product with α. 0x1d is the field's polynomial without its leading term.
const fn double(value: u8) -> u8 {
    value << 1 ^ if value & 0x80 == 0 { 0 } else { 0x1d }
}

/// α to a power of 0 or more.
pub(super) fn power(exponent: usize) -> u8 {
    POWERS[exponent % ORDER]
}

/// α to the power of `-exponent`.
pub(super) fn inverse_power(exponent: usize) -> u8 {
    POWERS[ORDER - exponent % ORDER]
}

pub(super) fn mul(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    POWERS[usize::from(LOGS[usize::from(a)]) + usize::from(LOGS[usize::from(b)])]
}

/// The quotient; 0 for a divisor of 0, which callers rule out.
pub(super) fn div(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    POWERS[usize::from(LOGS[usize::from(a)]) + ORDER - usize::from(LOGS[usize::from(b)])]
}

/// All ones if a bit is set, else all zeros. Not a branch: half of those would be guessed wrong.
fn mask(value: u8, bit: usize) -> u8 {
    (value >> bit & 1).wrapping_neg()
}

/// Multiplies lane `i` with α to the power of `i`.
pub(super) fn advance(lanes: &mut Lanes) {
    let mut product = [0; LANES];
    for (bit, row) in STEP.iter().enumerate() {
        for i in 0..LANES {
            product[i] ^= mask(lanes[i], bit) & row[i];
        }
    }
    *lanes = product;
}

/// Adds `factor` times `source`, a polynomial, to `target`.
pub(super) fn add_scaled(target: &mut Lanes, source: &Lanes, factor: u8) {
    let mut part = factor;
    for bit in 0..8 {
        for i in 0..LANES {
            target[i] ^= mask(source[i], bit) & part;
        }
        part = double(part);
    }
}

/// Multiplies a polynomial with x; a term beyond the lanes is lost.
pub(super) fn shift(lanes: &mut Lanes) {
    lanes.copy_within(0..LANES - 1, 1);
    lanes[0] = 0;
}

/// Multiplies a polynomial with 1 + root · x.
pub(super) fn add_root(lanes: &mut Lanes, root: u8) {
    let mut shifted = *lanes;
    shift(&mut shifted);
    add_scaled(lanes, &shifted, root);
}

/// The product of two polynomials as far as the lanes reach.
pub(super) fn product(a: &Lanes, b: &Lanes) -> Lanes {
    let mut out = [0; LANES];
    let mut shifted = *b;
    let terms = a.iter().rposition(|term| *term != 0).map_or(0, |last| last + 1);
    for &factor in &a[..terms] {
        add_scaled(&mut out, &shifted, factor);
        shift(&mut shifted);
    }
    out
}

/// The value of a polynomial at `x`.
pub(super) fn evaluate(polynomial: &[u8], x: u8) -> u8 {
    polynomial.iter().rev().fold(0, |sum, term| mul(sum, x) ^ term)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slow_mul(a: u8, b: u8) -> u8 {
        let mut product = 0;
        let mut part = a;
        for bit in 0..8 {
            product ^= if b & 1 << bit == 0 { 0 } else { part };
            part = double(part);
        }
        product
    }

    #[test]
    fn products_and_quotients_belong_to_each_other() {
        for a in 0..=255 {
            for b in 0..=255 {
                let product = mul(a, b);
                assert_eq!(product, slow_mul(a, b));
                if b != 0 {
                    assert_eq!(div(product, b), a);
                }
            }
        }
        assert_eq!(mul(power(7), inverse_power(7)), 1);
        assert_eq!(inverse_power(0), 1);
    }

    #[test]
    fn lanes_agree_with_single_products() {
        let mut lanes: Lanes = std::array::from_fn(|i| (i * 37 + 11) as u8);
        let before = lanes;
        advance(&mut lanes);
        for (i, (new, old)) in lanes.iter().zip(before).enumerate() {
            assert_eq!(*new, mul(old, power(i)));
        }
        let mut sum = lanes;
        add_scaled(&mut sum, &before, 0x9c);
        for i in 0..LANES {
            assert_eq!(sum[i], lanes[i] ^ mul(before[i], 0x9c));
        }
    }

    #[test]
    fn a_polynomial_vanishes_at_the_inverse_of_its_roots() {
        let mut polynomial = [0; LANES];
        polynomial[0] = 1;
        for exponent in [3, 77, 200] {
            add_root(&mut polynomial, power(exponent));
        }
        for exponent in [3, 77, 200] {
            assert_eq!(evaluate(&polynomial, inverse_power(exponent)), 0);
        }
        assert_ne!(evaluate(&polynomial, inverse_power(4)), 0);
        let mut one = [0; LANES];
        one[0] = 1;
        assert_eq!(product(&polynomial, &one), polynomial);
    }
}
