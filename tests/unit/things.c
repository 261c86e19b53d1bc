#include "things.h"

things the;
