//! Secrets, codes and tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use apoa_server::{Options, office_access_code};
use serde_json::json;

use crate::support::{Hold, NOW_MS, Server, VERIFIER, options};

fn code_of(reply: &crate::support::Reply) -> String {
    reply.json()["authorization_code"].as_str().unwrap().to_owned()
}

#[test]
fn the_right_password_brings_tokens_account_and_unit() {
    let server = Server::start(&[]);
    let client = server.client();
    let code = code_of(&client.challenge("resepsionis", "rahasia-contoh").unwrap());
    let tokens = client.redeem(&code, VERIFIER).unwrap().json();
    assert_eq!(tokens["account"]["name"], "resepsionis");
    assert_eq!(tokens["units"][0]["id"], json!(server.running.account().unit));
    assert_eq!(tokens["units"][0]["kind"], "lodging");
    assert_eq!(tokens["units"][0]["rights"], json!(["report", "inspect", "manage"]));
}

#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let server = Server::start(&[]);
    let client = server.client();
    for (user, password) in [("resepsionis", "salah"), ("tidak-ada", "rahasia-contoh")] {
        let reply = client.challenge(user, password).unwrap();
        assert_eq!((reply.status, reply.problem().as_str()), (400, "access_denied"));
        assert_eq!(reply.json()["error"], "access_denied");
    }
}

#[test]
fn guessing_has_to_wait() {
    let clock = Arc::new(AtomicI64::new(NOW_MS));
    let now = clock.clone();
    let server =
        Server::with(Options { clock: Some(Arc::new(move || now.load(Ordering::SeqCst))), ..options() });
    let client = server.client();
    for _ in 0..10 {
        assert_eq!(client.challenge("resepsionis", "salah").unwrap().status, 400);
    }
    let reply = client.challenge("resepsionis", "rahasia-contoh").unwrap();
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("30")));
    clock.fetch_add(30_000, Ordering::SeqCst);
    assert_eq!(client.challenge("resepsionis", "rahasia-contoh").unwrap().status, 200);
}

#[test]
fn a_code_needs_its_verifier_and_works_once() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let code = code_of(&client.challenge("resepsionis", "rahasia-contoh").unwrap());
    let other = "another-verifier-of-at-least-forty-three-chars";
    assert_eq!(client.redeem(&code, other).unwrap().problem(), "invalid_grant");
    let tokens = client.redeem(&code, VERIFIER).unwrap();
    client.take_tokens(&tokens.json());
    assert_eq!(client.get("/changes").unwrap().status, 200);
    assert_eq!(client.redeem(&code, VERIFIER).unwrap().problem(), "invalid_grant");
    assert_eq!(client.get("/changes").unwrap().status, 401, "a code used twice ends what it led to");
}

#[test]
fn codes_and_access_tokens_end_in_time() {
    let clock = Arc::new(AtomicI64::new(NOW_MS));
    let now = clock.clone();
    let server =
        Server::with(Options { clock: Some(Arc::new(move || now.load(Ordering::SeqCst))), ..options() });
    let mut client = server.signed_in();
    let code = code_of(&client.challenge("resepsionis", "rahasia-contoh").unwrap());
    clock.fetch_add(60_001, Ordering::SeqCst);
    assert_eq!(client.redeem(&code, VERIFIER).unwrap().problem(), "invalid_grant");
    assert_eq!(client.get("/changes").unwrap().status, 200);
    clock.fetch_add(30 * 60_000, Ordering::SeqCst);
    assert_eq!(client.get("/changes").unwrap().problem(), "unauthorised");
    clock.fetch_add(179 * 24 * 3_600_000, Ordering::SeqCst);
    let tokens = client.renew(&client.refresh).unwrap();
    assert_eq!(tokens.status, 200, "a phone may rest for months");
    client.take_tokens(&tokens.json());
    assert_eq!(client.get("/changes").unwrap().status, 200);
}

#[test]
fn a_lost_token_answer_is_repeated_with_the_old_token() {
    let server = Server::start(&[]);
    let mut client = server.signed_in();
    let first = client.refresh.clone();
    let lost = client.renew(&first).unwrap().json();
    let second = client.renew(&first).unwrap();
    assert_eq!(second.status, 200);
    client.take_tokens(&second.json());
    assert_eq!(client.get("/changes").unwrap().status, 200);
    // What the lost answer held never works: whoever shows it ends the family.
    assert_eq!(client.renew(lost["refresh_token"].as_str().unwrap()).unwrap().problem(), "invalid_grant");
    assert_eq!(client.get("/changes").unwrap().status, 401);
}

#[test]
fn an_old_refresh_token_after_use_of_the_new_one_ends_the_family() {
    let server = Server::start(&[]);
    let mut client = server.signed_in();
    let old = client.refresh.clone();
    let tokens = client.renew(&old).unwrap().json();
    client.take_tokens(&tokens);
    assert_eq!(client.get("/changes").unwrap().status, 200, "the new access token is used");
    assert_eq!(client.renew(&old).unwrap().problem(), "invalid_grant");
    assert_eq!(client.renew(&client.refresh).unwrap().problem(), "invalid_grant");
    assert_eq!(client.get("/changes").unwrap().status, 401);
}

#[test]
fn revoking_ends_both_tokens_and_never_complains() {
    let server = Server::start(&[]);
    let client = server.signed_in();
    let revoke = |token: &str| {
        client.form("/oauth/revoke", &[("client_id", "apoa-test"), ("token", token)], Hold::Both).unwrap()
    };
    assert_eq!(revoke("unknown-token-of-some-length").status, 200);
    assert_eq!(client.get("/changes").unwrap().status, 200);
    assert_eq!(revoke(&client.refresh).json(), json!({}));
    assert_eq!(client.get("/changes").unwrap().status, 401);
    assert_eq!(client.renew(&client.refresh).unwrap().status, 400);
}

#[test]
fn a_stranger_s_unit_is_refused_without_a_look() {
    let server = Server::start(&[]);
    let mut client = server.signed_in();
    client.unit = "0190a0b0-0000-4000-8000-00000000beef".to_owned();
    let reply = client.get("/changes").unwrap();
    assert_eq!((reply.status, reply.problem().as_str()), (403, "unit"));
    let op = crate::support::Draft::submit(&client.unit, 1).envelope();
    assert_eq!(client.send(&[op], Hold::Both).unwrap().problem(), "unit");
}

#[test]
fn other_grants_and_shapes_are_refused_in_the_words_of_oauth() {
    let server = Server::start(&[]);
    let client = server.client();
    let grant = [("grant_type", "password"), ("client_id", "apoa-test")];
    let reply = client.form("/oauth/token", &grant, Hold::AnswerOnly).unwrap();
    assert_eq!(reply.json()["error"], "unsupported_grant_type");
    let challenge = "A".repeat(43);
    let two = [
        ("client_id", "apoa-test"),
        ("access_code", "123456"),
        ("email_code", "123456"),
        ("code_challenge", challenge.as_str()),
    ];
    let reply = client.form("/oauth/authorize-challenge", &two, Hold::AnswerOnly).unwrap();
    assert_eq!(reply.json()["error"], "invalid_request");
    let extra = [("grant_type", "refresh_token"), ("client_id", "apoa-test"), ("scope", "all")];
    assert_eq!(client.form("/oauth/token", &extra, Hold::AnswerOnly).unwrap().problem(), "invalid_request");
}

#[test]
fn an_access_code_of_the_office_works_once_and_for_a_week() {
    let clock = Arc::new(AtomicI64::new(jiff::Timestamp::now().as_millisecond()));
    let now = clock.clone();
    let server =
        Server::with(Options { clock: Some(Arc::new(move || now.load(Ordering::SeqCst))), ..options() });
    let mut client = server.client();
    let issue = || office_access_code(server.running.db(), Some("resepsionis")).unwrap().unwrap();
    let code = issue();
    // However a person types it from a letter.
    let typed = format!(" {} ", code.access_code.to_uppercase());
    let tokens = client.redeem(&code_of(&client.challenge_with("access_code", &typed)), VERIFIER).unwrap();
    client.take_tokens(&tokens.json());
    assert_eq!(client.get("/changes").unwrap().status, 200);
    assert_eq!(client.challenge_with("access_code", &code.access_code).problem(), "access_denied");
    let late = issue();
    assert_eq!(client.challenge_with("email_code", &late.access_code).problem(), "access_denied");
    clock.fetch_add(7 * 24 * 3_600_000 + 60_000, Ordering::SeqCst);
    assert_eq!(client.challenge_with("access_code", &late.access_code).problem(), "access_denied");
    assert!(office_access_code(server.running.db(), Some("tidak-ada")).unwrap().is_none());
    let file = std::fs::read(server.running.db()).unwrap();
    assert!(!file.windows(20).any(|bytes| bytes == late.access_code.as_bytes()), "only its hash is kept");
}

#[test]
fn a_mailed_code_signs_in_once_and_tells_nobody_who_has_an_account() {
    let clock = Arc::new(AtomicI64::new(NOW_MS));
    let now = clock.clone();
    let server =
        Server::with(Options { clock: Some(Arc::new(move || now.load(Ordering::SeqCst))), ..options() });
    let client = server.client();
    for user in ["resepsionis", "tidak-ada"] {
        let reply = client.challenge_with("username", user);
        assert_eq!((reply.status, reply.problem().as_str()), (400, "insufficient_authorization"));
        let again = client.challenge_with("username", user);
        assert_eq!((again.status, again.header("retry-after")), (429, Some("60")), "{user}");
    }
    assert_eq!(serde_json::to_value(server.event()).unwrap(), json!({ "event": "mailed" }));
    let code = server.mailed();
    assert_eq!(client.challenge_with("email_code", &code).status, 200);
    assert_eq!(client.challenge_with("email_code", &code).problem(), "access_denied");
    clock.fetch_add(60_000, Ordering::SeqCst);
    client.challenge_with("username", "resepsionis");
    clock.fetch_add(10 * 60_000, Ordering::SeqCst);
    assert_eq!(client.challenge_with("email_code", &server.mailed()).problem(), "access_denied");
}

#[test]
fn guessing_from_one_installation_has_to_wait_whatever_the_name() {
    let server = Server::start(&[]);
    let client = server.client();
    let challenge = "A".repeat(43);
    let guess = |number: u32| {
        let code = format!("guess-{number}");
        let body = format!("client_id=apoa-test&access_code={code}&code_challenge={challenge}");
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("apoa-device", crate::support::DEVICE)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()));
        client.raw("post", "/oauth/authorize-challenge", &headers, Some(body.into_bytes())).unwrap()
    };
    for number in 0..20 {
        assert_eq!(guess(number).status, 400);
    }
    let reply = guess(20);
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("60")));
    assert_eq!(client.challenge_with("access_code", "other").status, 400, "another installation may");
}
