//! First-party sign-in: a secret and a PKCE challenge bring an authorization code, the code brings tokens
//! (draft-ietf-oauth-first-party-apps, RFC 7636). Refresh tokens rotate; the new one is on disk before the access
//! token beside it is used.

use apoa_domain::ids::Timestamp;
use apoa_domain::private::Private;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};

use super::contract::{Applicant, Grant, TokenAnswer};
use super::line::Line;
use super::outcome::Trouble;
use super::policy::TOKEN_RESERVE_MS;
use crate::error::Error;
use crate::ports::Random;
use crate::store::accounts::{Right, Tokens, UnitCard};

/// A secret that proves who somebody is.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// User name and password.
    Password {
        /// User name.
        user: Private<String>,
        /// Password.
        password: Private<String>,
    },
    /// A code that the office handed out. It works once.
    AccessCode {
        /// The code.
        code: Private<String>,
    },
    /// A code that was mailed a moment ago (`ApoaClient::mail_code`). It works once.
    EmailCode {
        /// The code.
        code: Private<String>,
    },
}

/// Why a sign-in brought nothing.
pub(crate) enum SignInProblem {
    Trouble(Trouble),
    Store(Error),
}

impl From<Error> for SignInProblem {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<Trouble> for SignInProblem {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// Exchanges a secret for tokens: two requests. Nothing is kept here.
pub(crate) fn sign_in(
    line: &Line<'_>,
    app: &Applicant<'_>,
    credentials: &Credentials,
    random: &dyn Random,
) -> Result<TokenAnswer, SignInProblem> {
    let secret = random.array::<32>().map_err(Error::from)?;
    let verifier = Base64UrlUnpadded::encode_string(&secret);
    let challenge = Base64UrlUnpadded::encode_string(&Sha256::digest(verifier.as_bytes()));
    let code = line.ask("ask.challenge", line.contract.challenge(app, credentials, &challenge))?;
    let grant = Grant::Code { code: code.reveal(), verifier: &verifier };
    Ok(line.ask("ask.redeem", line.contract.tokens(app, &grant))?)
}

/// Whether the access token is worth so little that it is renewed first. The server names its end: any number.
pub(crate) fn nearly_over(tokens: &Tokens, server_now: Timestamp) -> bool {
    tokens.expires.0.saturating_sub(server_now.0) < TOKEN_RESERVE_MS
}

impl TokenAnswer {
    /// The tokens, with their end by the server's clock.
    pub(crate) fn tokens(&self, server_now: Timestamp) -> Tokens {
        Tokens {
            access: self.access_token.clone(),
            refresh: self.refresh_token.clone(),
            expires: server_now.plus_ms(self.expires_in.saturating_mul(1000)),
        }
    }

    /// The units; rights that are not known here are left out.
    pub(crate) fn cards(&self) -> Vec<UnitCard> {
        self.units
            .iter()
            .map(|unit| UnitCard {
                unit: unit.id,
                name: unit.name.clone(),
                kind: unit.kind.clone(),
                rights: Right::ALL
                    .iter()
                    .copied()
                    .filter(|right| unit.rights.iter().any(|word| word == right.as_str()))
                    .collect(),
            })
            .collect()
    }
}
