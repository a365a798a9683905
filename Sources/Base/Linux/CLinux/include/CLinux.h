#pragma once

#include "calls.h"
#include "files.h"
#include "netlink.h"
#include "probe.h"
#include "spawn.h"
