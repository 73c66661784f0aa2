"""The organiser's door: server-rendered pages. It holds no rule."""

from importlib import import_module

from flask import Response, request

from backend.http import NodeApp

ROOMS = (
    "sign_in",
    "problems",
    "home",
    "activities",
    "boards",
    "removals",
    "outcome",
    "bank",
    "questions",
    "scorecards",
    "cards",
    "card_one",
    "card_deeds",
    "card_compare",
    "card_rows",
    "card_evidence",
    "paper_settings",
    "card_templates",
    "own_calendars",
    "open_data",
    "outgoing",
    "levels",
    "levels_one",
    "levels_board",
    "levels_giving",
    "levels_answers",
    "campaigns",
    "launch",
    "steps",
    "round_rules",
    "audit",
    "people",
    "consents",
    "units",
    "merging",
    "splitting",
    "reorganising",
    "relocating",
    "abolishing",
    "teams",
    "dissolving",
    "households",
    "household",
    "parting",
    "household_list",
    "household_cards",
    "supervision",
    "visit_table",
    "phones",
    "taking_in",
    "put_aside",
    "team_papers",
    "pledges",
    "pledge_cell",
    "pledge_agenda",
    "pledge_one",
    "pledge_evidence",
    "pledge_many",
    "pledge_classes",
    "ideas",
    "idea_one",
    "idea_recognition",
    "idea_challenges",
    "idea_councils",
    "idea_council",
    "idea_judging",
    "idea_desk",
    "idea_discussion",
    "idea_import",
    "targets",
    "target_one",
    "target_exchange",
    "target_import",
    "target_issue",
    "plans",
    "plan_task",
    "plan_import",
    "inspections",
    "inspection_one",
    "inspection_reading",
    "reports",
    "report_one",
    "report_punctuality",
    "approvals",
    "proposals",
    "duty",
    "batches",
    "batch_new",
    "paper_again",
    "designs",
    "design_one",
    "movements",
    "movement_one",
    "movement_review",
    "firms",
    "models_gallery",
    "awards",
    "award_list",
    "award_case",
    "award_deeds",
    "award_paper",
    "award_register",
    "award_prizes",
    "award_appeals",
    "thanks",
    "honour",
    "peers",
    "peers_one",
    "documents",
    "document_give",
    "document_merge",
    "document_reorganise",
    "document_revoke",
    "common",
)


def register(app: NodeApp) -> None:
    """Mount the console. Its forms carry a token against forgery; the phone's door has bearer tokens and needs none."""
    from admin import problems
    from admin.blueprint import blueprint, csrf

    for room in ROOMS:
        import_module(f"admin.{room}")
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
    app.register_blueprint(blueprint)
    problems.register(app)
    app.after_request(_harden_own)


def _harden_own(answer: Response) -> Response:
    from admin.blueprint import PREFIX, harden

    return harden(answer) if request.path.startswith(PREFIX) else answer
