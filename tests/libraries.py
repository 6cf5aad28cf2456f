"""Small libraries of our own with the traps of foreign ones; names are theirs, numbers made up.

A cell is a line: name, area, drive, outputs with their functions, marks; two blanks between.
"""

import gzip
from collections.abc import Callable
from pathlib import Path

from liberty_style import Style
from liberty_text import library_text

__all__ = ["LIBRARIES", "asap", "gf", "ihp", "plain", "sky", "write"]


def plain() -> str:
    """Like OSU's: one file, adder cells with true outputs, no tie cells, nothing of the rest."""
    style = Style("", "npn", 1.8, pin=0.01, delay=0.05, ohms=3, slew=0.1, energy=0.02, leak=0.002,
                  leakage="cell")
    return library_text("plain", style, """
        INV    10  1  Y=!A
        INV4   20  4  Y=!A
        BUF2   20  2  Y=A
        BUF4   30  4  Y=A
        BUF8   50  8  Y=A
        NAND2  15  1  Y=!(A & B)
        NOR2   15  1  Y=!(A | B)
        AOI21  20  1  Y=!((A & B) | C)
        OAI21  20  1  Y=!((A | B) & C)
        XOR2   35  1  Y=A ^ B
        FULL   90  1  S=A ^ B ^ C; CO=(A & B) | (A & C) | (B & C)
        HALF   50  1  S=A ^ B; CO=A & B
        DFF    60  1  Q=IQ  next:D  clock:CK""")


def sky() -> str:
    """Like sky130: wire load, flops with enable, unmarked cells not to use, negative energies."""
    style = Style(
        "sky130_fd_sc_hd__", "npn", 1.8, pin=0.002, delay=0.03, ohms=8, slew=0.06, energy=0.003,
        leak=0.0005, rails=("VPWR", "VGND"), quoted=True, load_first=False, negative=True,
        breaks=(" \\", "\\"), header="""
voltage_map ("KAPWR", 1.8);
default_max_transition : 1.5;
wire_load ("Small") {
  capacitance : 0.0004;
  resistance : 0.002;
  slope : 20;
  fanout_length (1, 20);
  fanout_length (2, 40);
  fanout_length (4, 80);
}
wire_load ("Large") {
  capacitance : 0.0004;
  resistance : 0.002;
  slope : 40;
  fanout_length (1, 40);
}
wire_load_selection ("by_area") {
  wire_load_from_area (0, 1000, "Small");
  wire_load_from_area (1000, 100000, "Large");
}
default_wire_load : "Small";""")
    return library_text("sky", style, """
        inv_1              4   1  Y=!A
        buf_1              5   1  X=A
        buf_4              8   4  X=A
        nand2_1            5   1  Y=!(A & B)
        nor2_1             5   1  Y=!(A | B)
        and2_1             7   1  X=A & B
        xor2_1             9   1  X=A ^ B
        mux2_1             11  1  X=(A0 & !S) | (A1 & S)
        fa_1               20  1  COUT=(A & B) | (A & CIN) | (B & CIN); SUM=A ^ B ^ CIN
        ha_1               13  1  COUT=A & B; SUM=A ^ B
        dfxtp_1            20  1  Q=IQ  next:D  clock:CLK
        edfxtp_1           30  1  Q=IQ  next:(DE & D) | (!DE & IQ)  clock:CLK
        conb_1             4   1  HI=1; LO=0
        dlclkp_1           18  1  GCLK=  enable:GATE  clock:CLK
        lpflow_inputiso0n_1  6  1  X=A & SLEEP_B  rail:KAPWR
        probe_p_1          4   1  X=A""")


def ihp() -> str:
    """Like IHP's sg13g2: no adders, flops with a reset, wire load, marked cells not to use."""
    style = Style(
        "sg13g2_", "npp", 1.2, pin=0.003, delay=0.02, ohms=4, slew=0.04, energy=0.004, leak=0.02,
        indexed=False, states=True, breaks=(" \\",), header="""
default_max_transition : 2.5;
default_max_fanout : 8;
wire_load ("1k") {
  capacitance : 0.0005;
  resistance : 0.001;
  slope : 20;
  fanout_length (1, 30);
  fanout_length (8, 240);
}
default_wire_load : "1k";""")
    return library_text("ihp", style, """
        inv_1     5   1  Y=!A
        buf_1     7   1  X=A
        buf_4     15  4  X=A
        buf_16    6   9  X=A  dont_use
        nand2_1   7   1  Y=!(A & B)
        nand2_2   6   2  Y=!(A & B)  dont_use
        nor2_1    7   1  Y=!(A | B)
        a21oi_1   9   1  Y=!((A1 & A2) | B1)
        o21ai_1   9   1  Y=!((A1 | A2) & B1)
        xor2_1    14  1  X=A ^ B
        dfrbpq_1  49  1  Q=IQ  next:D  clock:CLK  clear:!RESET_B
        tiehi     7   1  L_HI=1
        tielo     7   1  L_LO=0
        lgcp_1    27  1  GCLK=  enable:GATE  clock:CLK  dont_use""")


def gf() -> str:
    """Like gf180mcu: 5 V, leakage in uW and of states alone, buffers from I to Z."""
    style = Style(
        "gf180mcu_fd_sc_mcu7t5v0__", "npu", 5.0, pin=0.005, delay=0.08, ohms=8, slew=0.2,
        energy=0.1, leak=0.01, rails=("VDD", "VSS"), states=True, leakage="states",
        load_first=False, breaks=("\\",))
    return library_text("gf", style, """
        inv_1    9    1  ZN=!I
        buf_1    12   1  Z=I
        buf_4    22   4  Z=I
        nand2_1  11   1  ZN=!(A1 & A2)
        nor2_1   11   1  ZN=!(A1 | A2)
        aoi21_1  15   1  ZN=!((A1 & A2) | B)
        oai21_1  15   1  ZN=!((A1 | A2) & B)
        xor2_1   26   1  Z=A1 ^ A2
        addf_1   70   1  S=A ^ B ^ CI; CO=(A & B) | (A & CI) | (B & CI)
        addh_1   40   1  S=A ^ B; CO=A & B
        dffq_1   65   1  Q=IQ  next:D  clock:CLK
        icgtn_1  60   1  Q=  enable:E  clock:CLKN  test:TE  edge:neg
        icgtp_1  62   1  Q=  enable:E  clock:CLK  test:TE
        tieh     9    1  Z=1
        tiel     9    1  ZN=0""")


def asap() -> dict[str, str]:
    """Like ASAP7: five files, ps and fF, inverted adders and flops, conditions of several terms."""
    style = Style(
        "", "pfp", 0.7, pin=0.0006, delay=0.006, ohms=8, slew=0.02, energy=0.0004, leak=0.5,
        rails=("VDD", "VSS"), states=True, conditions=True, shared=True, leakage="states",
        breaks=(" \\", "\\"), header="default_max_transition : 320;")
    files = {
        "AO": """
            AO21x1_ASAP7_75t_R      0.09   1    Y=(A1 & A2) | B
            AO22x1_ASAP7_75t_R      0.1    1    Y=(A1 & A2) | (B1 & B2)""",
        "OA": """
            OA21x2_ASAP7_75t_R      0.09   2    Y=(A1 | A2) & B""",
        "INVBUF": """
            INVx1_ASAP7_75t_R       0.04   1    Y=!A
            INVxp5_ASAP7_75t_R      0.03   0.5  Y=!A
            BUFx4_ASAP7_75t_R       0.1    4    Y=A""",
        "SEQ": """
            DFFHQNx1_ASAP7_75t_R    0.3    1    QN=IQ  next:!D  clock:CLK
            ICGx1_ASAP7_75t_R       0.3    1    GCLK=  enable:ENA  clock:CLK""",
        "SIMPLE": """
            NAND2x1_ASAP7_75t_R     0.06   1    Y=!(A & B)
            NAND2x1p5_ASAP7_75t_R   0.05   1.5  Y=!(A & B)
            NOR2x1_ASAP7_75t_R      0.06   1    Y=!(A | B)
            XOR2x1_ASAP7_75t_R      0.13   1    Y=A ^ B
            FAx1_ASAP7_75t_R        0.2    1    CON=!(A & B | A & CI | B & CI); SN=!(A ^ B ^ CI)
            HAxp5_ASAP7_75t_R       0.07   0.5  CON=!(A & B); SN=!(A ^ B)
            TIEHIx1_ASAP7_75t_R     0.04   1    H=1
            TIELOx1_ASAP7_75t_R     0.04   1    L=0""",
    }
    return {f"asap_{part}.lib": library_text(f"asap_{part}", style, cells)
            for part, cells in files.items()}


LIBRARIES: dict[str, Callable[[], str | dict[str, str]]] = {
    "plain": plain, "sky": sky, "ihp": ihp, "gf": gf, "asap": asap}


def write(name: str, folder: Path, *, gz: bool = False) -> list[Path]:
    """Write the file or files of library ``name`` into ``folder``, gzipped as ``.lib.gz``."""
    made = LIBRARIES[name]()
    paths = []
    for file, text in ({f"{name}.lib": made} if isinstance(made, str) else made).items():
        path = folder / (file + ".gz" * gz)
        path.write_bytes(gzip.compress(text.encode(), mtime=0) if gz else text.encode())
        paths.append(path)
    return paths
