"""From a draft by several people to what is online, and off it again."""

from plone import api
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing import transitions
from zhinan.testing import act_as

import datetime
import pytest
import transaction
