/** Words and forms of companies and institutions, as they occur in the values of columns. Data only. */

/** In lower case. */
export const companyWords =
  /\b(?:gmbh|ag|kg|ohg|ug|ltd|limited|inc|corp|corporation|llc|llp|plc|co|company|group|gruppen|aktiebolag|kommanditbolag|hb|kb|investment|holding|holdings|sa|sas|sarl|srl|spa|sl|bv|nv|ab|oy|oyj|asa|aps|as|kft|zrt|doo|sro|spzoo|lda|ltda|eood|ood|sons|partners|associates|bros|brothers|verlag|werke|bank|hotel|hospital|school|university|institute|foundation|museum|church|college|industries|solutions|systems|services|consulting|logistics|trading|international|technologies|tech|studio|labs|media|energy|foods|motors|pharma|e\.v|e\.k|& co|und co|eirl|saa|sac|pty|pvt|sdn|bhd|tbk|pt|cv|jsc|ooo|oao|zao|too|llp|nyrt|bt|eireli|epp|mei|kd|jdoo|pbc|apartments|market|shop|cafe|clinic|farm|tours|travel|academy|union|agency|et fils|figli|hermanos|hijos|s\.a|s\.r\.l|s\.p\.a|z o\.o|a\.s|d\.o\.o|s\.r\.o|department|team|city|county|lake|river|mount|island|airport|stadium|park)\b/;

/** Forms of companies that are no words elsewhere in a name, in Latin letters without accents. */
export const companyEnds =
  /^(?:uab|mb|ab|vsi|ou|sia) | (?:uab|ou|ans|dac|ae|oe|epe|ike|ad|ead|ood|eood|dd|sp|d\.d\.|s\.p\.|a\.s\.)$/;
