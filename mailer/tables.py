"""Which tables are there? Importing this module makes every one of them known, from the lowest floor to the highest."""

from mailer.campaigns.campaign import Approval, Campaign, Recipient, Run
from mailer.delivery.allotment import RelayDay
from mailer.delivery.departed import Departed
from mailer.delivery.feedback import ProviderEvent
from mailer.delivery.hits import Hit
from mailer.delivery.message import Message
from mailer.generation import Generation
from mailer.inbox.assignment import Assignment
from mailer.inbox.conversation import Conversation, Entry
from mailer.inbox.promised_call import PromisedCall
from mailer.inbox.saved import SavedReply
from mailer.insights.events import Event
from mailer.insights.recorded import Recorded
from mailer.people.attempts import Attempt
from mailer.people.audit import Act
from mailer.people.consent import Consent, Topic
from mailer.people.customer import Customer
from mailer.people.hold import Hold
from mailer.people.passes import Pass
from mailer.people.second_step import RecoveryCode, SecondStep
from mailer.people.sign_in import SignIn
from mailer.people.staff import Absence, Staff, WorkingHours
from mailer.people.suppression import Suppression
from mailer.rendering.template import TemplateVersion
from mailer.replies.inbound import InboundEmail
from mailer.segments.segment import Segment, SegmentVersion

TABLES = (
    Staff, WorkingHours, Absence, Customer, Topic, Consent, Suppression, Hold,
    Event, Recorded, Segment, SegmentVersion, Campaign, Approval, Run, Recipient, TemplateVersion, Message, Hit,
    ProviderEvent, RelayDay, InboundEmail, Conversation, Entry, PromisedCall, Assignment, SavedReply, SignIn,
    Generation, Departed, Attempt, Pass, SecondStep, RecoveryCode, Act,
)  # fmt: skip
