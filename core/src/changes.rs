//! The part of the facade that changes reports that are there: drafts, follow-ups, corrections, withdrawals, and what
//! is on hold. The decisions stand in the domain's `plan.rs`; here a plan meets the store, and is made anew when a run
//! changed the report in between.

use apoa_domain::fields::Field;
use apoa_domain::ids::{AccountId, OpId, ReportId};
use apoa_domain::report::draft::{Draft, Facts};
use apoa_domain::report::finalise::{self, Compared, Judged, NewIdentity, Step, freeze_again};
use apoa_domain::report::follow_up::{FollowUp, closing_field};
use apoa_domain::report::kinds::{Need, OpKind};
use apoa_domain::report::op::FrozenOp;
use apoa_domain::report::plan::{Life, LiveOp, NotPossible, Plan, Wish, plan, says_the_same};
use apoa_domain::report::state::Work;
use apoa_domain::report::summary::Summary;

use crate::client::{ApoaClient, Finalised};
use crate::error::{DraftError, Error, StoreError};
use crate::store::accounts::Account;
use crate::store::events::Happening;
use crate::store::filing::{Due, Filing};
use crate::store::rows::{body_text, facts_of};
use crate::store::unit::UnitStore;

/// How often a change is planned anew because a run was faster. A run touches a report a few times at most.
const ATTEMPTS: u32 = 8;

/// What became of a withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// The server never had the report: it is gone from the queue, and soon from this device.
    Discarded,
    /// The server may have it: the withdrawal waits to be sent.
    Queued(Finalised),
}

/// Facts whose change makes an earlier comparison worthless.
const COMPARED: &[Field] =
    &[Field::FullName, Field::PassportNumber, Field::BirthDate, Field::Nationality, Field::Sex];

/// What leaves, what comes where, and what comes again behind it.
type Places<'a> = (&'a [OpId], Option<(OpKind, Step)>, &'a [(OpId, Step)]);

/// What a new op says.
enum Content<'a> {
    Whole(&'a Draft, Option<Judged>),
    FollowUp(&'a FollowUp),
    Photo(&'a FollowUp, &'a [u8]),
    /// Nothing: something only leaves.
    Nothing,
}

impl<'a> Content<'a> {
    fn follow_up(&self) -> Option<&'a FollowUp> {
        match self {
            Self::FollowUp(follow_up) | Self::Photo(follow_up, _) => Some(follow_up),
            Self::Whole(..) | Self::Nothing => None,
        }
    }
}

impl ApoaClient {
    /// Blocks; call from a background thread. Keeps what is typed: a new draft, or, with a report, its draft or a form
    /// over its data. `Ok` means on disk. Nothing is checked, and nothing is sent before the draft is finished.
    pub fn save_draft(
        &self,
        report: Option<ReportId>,
        draft: &Draft,
        compared: Option<&Compared>,
    ) -> Result<ReportId, DraftError> {
        let (account, unit) = self.at_work()?;
        let judged = compared.map(Judged::from);
        let at = self.moment(&account);
        let store = |error| DraftError::from(StoreError::from(error));
        let Some(id) = report else {
            let id = self.new_report_id()?;
            unit.keep_draft(id, draft, judged.as_ref(), account.account, at).map_err(store)?;
            self.tell();
            return Ok(id);
        };
        // What was compared stays compared while the rest is typed.
        let kept = unit.draft(id).map_err(store)?.and_then(|(_, judged)| judged);
        if !unit.update_draft(id, draft, judged.or(kept).as_ref(), at).map_err(store)? {
            return Err(DraftError::NoReport);
        }
        self.tell();
        Ok(id)
    }

    /// Blocks. What an edit begins with: the form kept for this report, else its data as last finalised. `None` while
    /// nobody is active.
    pub fn draft(&self, report: ReportId) -> Result<Option<Draft>, StoreError> {
        let Some(unit) = self.open_to_read()? else { return Ok(None) };
        if let Some((draft, _)) = unit.draft(report)? {
            return Ok(Some(draft));
        }
        match unit.body(report)? {
            Some((kind, body)) => Ok(Some(Draft::of(kind, facts_of(&body)?))),
            None => Ok(None),
        }
    }

    /// Blocks; call from a background thread. Finishes a kept draft, with these facts in it. The rest is as for
    /// `finalise`.
    pub fn finalise_draft(
        &self,
        report: ReportId,
        draft: Draft,
        again: Option<&str>,
    ) -> Result<Finalised, DraftError> {
        let (_, unit) = self.at_work()?;
        let judged = unit.draft(report).map_err(StoreError::from)?.and_then(|(_, judged)| judged);
        self.edited(report, draft, judged, again)
    }

    /// Blocks; call from a background thread. The whole data of a report, corrected. What surely was not sent is
    /// replaced; whatever the server may have is followed by an amendment. Taking out the day of departure, or the last
    /// day of a job, opens a closed report again: then the remarks say why.
    pub fn amend(
        &self,
        report: ReportId,
        draft: Draft,
        again: Option<&str>,
    ) -> Result<Finalised, DraftError> {
        self.edited(report, draft, None, again)
    }

    /// Blocks; call from a background thread. A follow-up on a report, also on one that another device made. It goes
    /// behind whatever of the report still waits.
    pub fn follow_up(&self, report: ReportId, follow_up: &FollowUp) -> Result<Finalised, DraftError> {
        self.filed(report, Wish::FollowUp(follow_up.op()), &Content::FollowUp(follow_up), false)
    }

    /// A photo with the follow-up that speaks of it.
    pub(crate) fn file_photo(
        &self,
        report: ReportId,
        attach: &FollowUp,
        photo: &[u8],
    ) -> Result<Finalised, DraftError> {
        self.filed(report, Wish::FollowUp(attach.op()), &Content::Photo(attach, photo), false)
    }

    /// Blocks; call from a background thread. Withdraws a report: here alone if the server never had it, else with a
    /// cancel that is sent.
    pub fn withdraw(&self, report: ReportId, reason: &str) -> Result<Withdrawn, DraftError> {
        let cancel = FollowUp::cancel(reason);
        let filed = self.commit(report, Wish::Withdraw, &Content::FollowUp(&cancel), false)?;
        Ok(filed.map_or(Withdrawn::Discarded, Withdrawn::Queued))
    }

    /// Blocks; call from a background thread. Drops a draft, or a report that the server surely never had.
    pub fn discard(&self, report: ReportId) -> Result<(), DraftError> {
        self.commit(report, Wish::Discard, &Content::Nothing, false).map(drop)
    }

    /// Blocks. Lets a report on hold go on. After a conflict follow-ups and withdrawals are put on what the server has by
    /// now. `false` if it was not on hold.
    pub fn retry(&self, report: ReportId) -> Result<bool, DraftError> {
        let (account, unit) = self.at_work()?;
        let life = unit.life(report).map_err(StoreError::from)?.ok_or(DraftError::NoReport)?;
        if life.work == Work::Wedged && retries_on_proved(&life) {
            self.put_on_proved(report)?;
            return Ok(true);
        }
        let released = unit.release(report, &life, self.moment(&account)).map_err(StoreError::from)?;
        self.tell();
        Ok(released)
    }

    /// What waits, as new ops on what the server has proved. The caller knows that the server has none of it.
    pub(crate) fn put_on_proved(&self, report: ReportId) -> Result<(), DraftError> {
        let (account, unit) = self.at_work()?;
        let life = unit.life(report).map_err(StoreError::from)?.ok_or(DraftError::NoReport)?;
        unit.put_on_proved(report, &life, self.moment(&account))
            .map_err(|error| Attempt::from(error).into_error())?;
        self.tell();
        Ok(())
    }

    fn edited(
        &self,
        report: ReportId,
        mut draft: Draft,
        judged: Option<Judged>,
        again: Option<&str>,
    ) -> Result<Finalised, DraftError> {
        if let Some(reason) = again {
            draft.remark(reason);
        }
        self.filed(report, Wish::Edit, &Content::Whole(&draft, judged), again.is_some())
    }

    fn filed(
        &self,
        report: ReportId,
        wish: Wish,
        content: &Content<'_>,
        again: bool,
    ) -> Result<Finalised, DraftError> {
        let filed = self.commit(report, wish, content, again)?;
        filed.ok_or(DraftError::NotPossible { why: NotPossible::Discarded })
    }

    /// Plans and commits, anew while a run is faster. `None`: the report was dropped.
    fn commit(
        &self,
        report: ReportId,
        wish: Wish,
        content: &Content<'_>,
        again: bool,
    ) -> Result<Option<Finalised>, DraftError> {
        let (account, unit) = self.at_work()?;
        for _ in 0..ATTEMPTS {
            match self.attempt(&account, &unit, report, wish, content, again) {
                Ok(done) => {
                    self.tell();
                    return Ok(done);
                }
                Err(Attempt::Moved) => {}
                Err(Attempt::Failed(error)) => return Err(error),
            }
        }
        Err(StoreError::Busy.into())
    }

    fn attempt(
        &self,
        account: &Account,
        unit: &UnitStore,
        report: ReportId,
        wish: Wish,
        content: &Content<'_>,
        again: bool,
    ) -> Result<Option<Finalised>, Attempt> {
        let life = unit.life(report)?.ok_or(DraftError::NoReport)?;
        let finishes = life.work == Work::Draft && matches!(content, Content::Whole(..));
        let plan = if finishes {
            Plan::File { drop: Vec::new(), new: Some((OpKind::Submit, Step::FIRST)), again: Vec::new() }
        } else {
            plan(&life, wish).map_err(|why| DraftError::NotPossible { why })?
        };
        match plan {
            Plan::Discard { drop } => {
                unit.discard(report, &life, &drop, self.moment(account))?;
                Ok(None)
            }
            Plan::File { drop, new, again: behind } => {
                let what = if drop.is_empty() { Happening::Finalised } else { Happening::Replaced };
                let places = (drop.as_slice(), new, behind.as_slice());
                self.file_plan(account, unit, report, &life, places, content, (again, what)).map(Some)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one place joins plan, content and store")]
    fn file_plan(
        &self,
        account: &Account,
        unit: &UnitStore,
        report: ReportId,
        life: &Life,
        (drop, new, behind): Places<'_>,
        content: &Content<'_>,
        (again, what): (bool, Happening),
    ) -> Result<Finalised, Attempt> {
        let row = unit.row(report)?.ok_or(DraftError::NoReport)?;
        let kept = unit.body(report)?;
        let before = match &kept {
            Some((_, body)) => facts_of(body)?,
            None => known_facts(life, &row.summary),
        };
        if ends_already(life, content, &before) {
            return Err(DraftError::NotPossible { why: NotPossible::Closed }.into());
        }
        let at = self.moment(account);
        let identity = |captured_by: AccountId| {
            self.new_identity(at.wall, unit, captured_by, report).map_err(DraftError::from)
        };
        let whole = whole_data(content, &before);
        let mut ops = Vec::new();
        if let Some((kind, step)) = new {
            // A report that is filed anew stays with whoever typed it first.
            let author = if kind == OpKind::Submit { row.captured_by } else { account.account };
            let judged = kept.as_ref().and_then(|(_, body)| core::str::from_utf8(body).ok());
            let verdict = judged.and_then(finalise::judged).filter(|_| same_person(&before, &whole));
            ops.push(self.freeze(life, kind, step, content, &before, &whole, verdict, &identity(author)?)?);
        }
        for (op, step) in behind {
            let text = unit.frozen(report, *op)?;
            let again = freeze_again(&text, *step, &identity(account.account)?);
            ops.push(again.ok_or(Error::Stored("frozen body"))?);
        }
        let Some(last) = ops.last() else { return Err(Error::Stored("plan").into()) };
        let carries_all = ops.len() == 1 && matches!(last.kind(), OpKind::Submit | OpKind::Amend);
        let here = life.has_data || life.work == Work::Draft;
        let body = body_text(last.body(), (!carries_all).then_some(&whole));
        let shown = Draft::of(life.kind, whole);
        let summary = if here { Summary::of(&shown) } else { moved_summary(&row.summary, content) };
        let due = match new {
            Some((OpKind::Submit, _)) => Due::At(self.due(&shown).map_err(DraftError::from)?),
            _ => Due::Kept,
        };
        unit.file_on(
            life,
            drop,
            &Filing {
                ops: &ops,
                body: if here { &body } else { "" },
                summary: &summary,
                photo: if let Content::Photo(_, photo) = content { Some(photo) } else { None },
                due,
                captured_by: row.captured_by,
                at,
                again,
                what,
            },
        )?;
        let due = if let Due::At(due) = due { due } else { None };
        let first = ops.first().map_or(last.op(), FrozenOp::op);
        Ok(Finalised { report, op: first, due })
    }

    #[expect(clippy::too_many_arguments, reason = "everything an op is made of")]
    fn freeze(
        &self,
        life: &Life,
        kind: OpKind,
        step: Step,
        content: &Content<'_>,
        before: &Facts,
        whole: &Facts,
        kept_verdict: Option<Judged>,
        identity: &NewIdentity,
    ) -> Result<FrozenOp, DraftError> {
        let (today, captured) = (self.today(), self.server_clock.stamp(self.ports.clock.wall()));
        let frozen = match content {
            Content::FollowUp(follow_up) | Content::Photo(follow_up, _) => {
                finalise::follow_up(follow_up, life.kind, before, step, today, identity, captured)
            }
            Content::Whole(_, judged) if kind == OpKind::Submit => {
                // What was to follow stays out of a new report: it follows again.
                let mut facts = whole.clone();
                let own = |field: &Field| life.kind.need(*field) != Need::Foreign;
                facts.retain(|field, _| own(field) || !before.contains_key(field));
                let draft = Draft::of(life.kind, facts);
                let judged = judged.clone().or(kept_verdict);
                finalise::submit(&draft, step, today, identity, captured, judged.as_ref())
            }
            Content::Whole(draft, _) => {
                let reopens = closing_field(life.kind)
                    .is_some_and(|field| before.contains_key(&field) && draft.get(field).is_none());
                finalise::amend(draft, reopens, step, today, identity, captured)
            }
            Content::Nothing => return Err(DraftError::NotPossible { why: NotPossible::Wedged }),
        };
        frozen.map_err(|problems| DraftError::Invalid { problems })
    }

    /// The active account and its open unit.
    pub(crate) fn at_work(&self) -> Result<(Account, std::sync::Arc<UnitStore>), DraftError> {
        let account = self.device.account().map_err(StoreError::from)?.ok_or(DraftError::NoUnit)?;
        Ok((account, self.unit().ok_or(DraftError::NoUnit)?))
    }
}

/// Whether a person's retry puts what waits on what the server has: the same bytes would meet the same answer. Here a
/// withdrawal goes along, because somebody asks for it.
fn retries_on_proved(life: &Life) -> bool {
    let moved = life.ops.first().is_some_and(|op| op.base < life.acked);
    let goes = |op: &LiveOp| !op.maybe_sent && (says_the_same(op.kind) || op.kind == OpKind::Cancel);
    moved && life.ops.iter().all(goes)
}

/// The data of the report once the content is filed.
fn whole_data(content: &Content<'_>, before: &Facts) -> Facts {
    match content {
        Content::Whole(draft, _) => draft.facts().clone(),
        Content::FollowUp(follow_up) | Content::Photo(follow_up, _) => follow_up.applied_to(before),
        Content::Nothing => before.clone(),
    }
}

/// Whether the data already hold the day on which the report ends, so that no follow-up can stand behind them: an
/// amendment that waits may have brought it. A refused one is corrected by filing it again.
fn ends_already(life: &Life, content: &Content<'_>, before: &Facts) -> bool {
    let Some(follow_up) = content.follow_up() else { return false };
    let ended = closing_field(life.kind).is_some_and(|field| before.contains_key(&field));
    ended && follow_up.op() != OpKind::Cancel && life.work != Work::NeedsCorrection
}

/// Of a report that another device made only what its list row tells.
fn known_facts(life: &Life, summary: &Summary) -> Facts {
    let days =
        [(life.kind.first_date(), &summary.first_date), (life.kind.planned_end(), &summary.planned_end)];
    days.into_iter().filter_map(|(field, day)| Some((field?, day.clone()?))).collect()
}

/// The list row of a report that another device made, after a follow-up of this one.
fn moved_summary(summary: &Summary, content: &Content<'_>) -> Summary {
    let mut moved = summary.clone();
    if let Some(follow_up) = content.follow_up() {
        let fact = |field| follow_up.facts().get(&field).cloned();
        moved.planned_end = fact(Field::CheckOutPlanned).or(moved.planned_end);
        moved.permit_expiry = fact(Field::PermitExpiry).or(moved.permit_expiry);
    }
    moved
}

fn same_person(before: &Facts, after: &Facts) -> bool {
    COMPARED.iter().all(|field| before.get(field) == after.get(field))
}

/// Why an attempt did not commit.
enum Attempt {
    /// A run was faster: look again.
    Moved,
    /// Looking again would not help.
    Failed(DraftError),
}

impl Attempt {
    fn into_error(self) -> DraftError {
        match self {
            Self::Moved => StoreError::Busy.into(),
            Self::Failed(error) => error,
        }
    }
}

impl From<DraftError> for Attempt {
    fn from(error: DraftError) -> Self {
        Self::Failed(error)
    }
}

impl From<Error> for Attempt {
    fn from(error: Error) -> Self {
        match error {
            Error::Moved => Self::Moved,
            Error::Duplicate(existing) => Self::Failed(DraftError::Duplicate { existing }),
            other => Self::Failed(StoreError::from(other).into()),
        }
    }
}
