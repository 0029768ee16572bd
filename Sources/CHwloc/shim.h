#pragma once
#include <hwloc.h>
#include <hwloc/linux.h>
