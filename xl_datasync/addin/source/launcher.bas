Attribute VB_Name = "Launcher"
Option Explicit

' The launcher of the tab "Open Data", and nothing else: it writes down which button was clicked in which workbook and
' starts Python with that request, without waiting. Every other word, rule and window is Python's.
' Callbacks carry the product's name, because Excel may take a callback of the same name from the active workbook.

Private Const AddinVersion As String = "0.1.0"
Private Const Unaffected As String = "Nothing has been changed or sent."
Private Const Remedy As String = "To mend it, run:  xl-datasync addin install  (xl-datasync addin doctor says more)."
Private keptRibbon As Object

Public Sub OpenDataOnLoad(ribbon As Object)
    Set keptRibbon = ribbon
End Sub

Public Sub OpenDataClick(control As Object)
    Dim fault As String
    On Error GoTo Failed
    fault = Launch(RequestText(control.ID))
    If fault <> "" Then Tell fault
    Exit Sub
Failed:
    Tell Err.Description
End Sub

Public Sub OpenDataGetEnabled(control As Object, ByRef enabled As Variant)
    enabled = True
    On Error GoTo Failed
    Select Case control.Tag
        Case "book": enabled = Not OpenBook() Is Nothing
        Case "sheet": enabled = (SheetKind() = "Worksheet")
        Case "jobs": enabled = HasJobs()
    End Select
    Exit Sub
Failed:
    enabled = False
End Sub

' Asks Excel to call OpenDataGetEnabled again for every button; other programs may run it after they changed sheets.
Public Sub OpenDataRefresh()
    On Error Resume Next
    If Not keptRibbon Is Nothing Then keptRibbon.Invalidate
End Sub

Private Function OpenBook() As Object
    Set OpenBook = Nothing
    If Not ActiveWorkbook Is Nothing Then
        If ActiveWorkbook.Name <> ThisWorkbook.Name Then Set OpenBook = ActiveWorkbook
    End If
End Function

Private Function SheetKind() As String
    If OpenBook() Is Nothing Then Exit Function
    If Not ActiveSheet Is Nothing Then SheetKind = TypeName(ActiveSheet)
End Function

Private Function HasJobs() As Boolean
    Dim sheet As Object
    If OpenBook() Is Nothing Then Exit Function
    For Each sheet In ActiveWorkbook.Worksheets
        If LCase(sheet.Name) = "jobs" Then HasJobs = True
    Next
End Function

Private Function RequestText(ByVal command As String) As String
    Dim book As String, full As String, sheet As String, window As String
    If Not OpenBook() Is Nothing Then
        book = ActiveWorkbook.Name
        full = ActiveWorkbook.FullName
        If SheetKind() <> "" Then sheet = ActiveSheet.Name
    End If
    On Error Resume Next
    window = CStr(Application.Hwnd)  ' a Mac has none
    On Error GoTo 0
    RequestText = "{" & Field("command", command) & ", " & Field("wb", book) & ", " & Field("fullname", full) & ", " & _
        Field("sheet", sheet) & ", " & Field("sheet_kind", SheetKind()) & ", " & Field("hwnd", window) & ", " & _
        Field("excel", Application.Version) & ", " & Field("addin", AddinVersion) & "}"
End Function

' A name and a text of JSON in ASCII: what is not plain goes as \uXXXX, one for each UTF-16 code unit.
Private Function Field(ByVal key As String, ByVal value As String) As String
    Dim place As Long, code As Long, text As String
    For place = 1 To Len(value)
        code = AscW(Mid(value, place, 1)) And 65535
        If code < 32 Or code > 126 Or code = 34 Or code = 92 Then
            text = text & "\u" & Right("000" & Hex(code), 4)
        Else
            text = text & ChrW(code)
        End If
    Next
    Field = """" & key & """: """ & text & """"
End Function

' Each way gives back what went wrong, or nothing.
Private Function Launch(ByVal request As String) As String
    If OnMac() Then
        Launch = LaunchOnMac(request)
    ElseIf Application.PathSeparator = "\" Then
        Launch = LaunchOnWindows(request)
    Else
        Launch = LaunchElsewhere(request)
    End If
End Function

' LibreOffice passes over the lines that begin with #, and so ends with the last value.
Private Function OnMac() As Boolean
    #If Mac Then
        OnMac = True
    #Else
        OnMac = False
    #End If
End Function

' The request itself is handed over, and the script, which runs outside Excel's sandbox, writes the file: one written by
' Excel would lie in its container, and macOS asks the user before another program may read there.
Private Function LaunchOnMac(ByVal request As String) As String
    #If Mac Then
        LaunchOnMac = AppleScriptTask("xl_datasync.applescript", "RunCommand", request)
    #Else
        LaunchOnMac = "This is not a Mac."
    #End If
End Function

Private Function LaunchOnWindows(ByVal request As String) As String
    Dim shell As Object, files As Object, stream As Object
    Dim folder As String, interpreter As String, path As String, before As String
    Set shell = CreateObject("WScript.Shell")  ' Environ, Open and Shell lose what the machine's code page lacks
    Set files = CreateObject("Scripting.FileSystemObject")
    folder = shell.ExpandEnvironmentStrings("%APPDATA%") & "\xl-datasync"
    path = folder & "\addin.txt"
    If files.FileExists(path) Then interpreter = InterpreterIn(ReadUnicode(files, path))
    LaunchOnWindows = FaultOf(path, interpreter, files.FileExists(interpreter))
    If LaunchOnWindows <> "" Then Exit Function
    path = files.GetSpecialFolder(2).Path & "\xl-datasync-" & files.GetTempName()
    Set stream = files.CreateTextFile(path, True, False)
    stream.Write request
    stream.Close
    ' python -m looks for modules in the current folder first: never in one where a downloaded workbook lies.
    before = shell.CurrentDirectory
    shell.CurrentDirectory = folder
    ' Style 1: a style of 0 would hide the first window of a program that has windows only (pythonw.exe) as well.
    On Error Resume Next
    shell.Run Quoted(interpreter) & " -m xl_datasync.ribbon " & Quoted(path), 1, False
    If Err.Number <> 0 Then LaunchOnWindows = Err.Description
    shell.CurrentDirectory = before
End Function

Private Function ReadUnicode(ByVal files As Object, ByVal path As String) As String
    Dim stream As Object
    Set stream = files.OpenTextFile(path, 1, False, -1)  ' for reading, not making one, UTF-16
    If Not stream.AtEndOfStream Then ReadUnicode = stream.ReadAll()
    stream.Close
End Function

' LibreOffice on Linux, in which the launcher is tested.
Private Function LaunchElsewhere(ByVal request As String) As String
    Dim folder As String, interpreter As String, path As String, line As String, text As String, number As Integer
    folder = Environ("XDG_CONFIG_HOME")
    If folder = "" Then folder = Environ("HOME") & "/.config"
    folder = folder & "/xl-datasync"
    path = folder & "/addin.txt"
    If Dir(path) <> "" Then
        number = FreeFile
        Open path For Input As #number
        Do Until EOF(number)
            Line Input #number, line
            text = text & line & vbLf
        Loop
        Close #number
        interpreter = InterpreterIn(text)
    End If
    If interpreter <> "" Then LaunchElsewhere = Dir(interpreter)
    LaunchElsewhere = FaultOf(path, interpreter, LaunchElsewhere <> "")
    If LaunchElsewhere <> "" Then Exit Function
    Randomize
    path = Environ("TMPDIR")
    If path = "" Then path = "/tmp"
    path = path & "/xl-datasync-" & Hex(CLng(Timer * 1000)) & "-" & Hex(CLng(Rnd * 1000000000))
    number = FreeFile
    Open path For Output As #number
    Print #number, request
    Close #number
    Shell Quoted(interpreter) & " -m xl_datasync.ribbon " & Quoted(path), 0
End Function

Private Function InterpreterIn(ByVal text As String) As String
    Dim line As Variant
    For Each line In Split(Replace(text, vbCr, ""), vbLf)
        If Left(line, 12) = "interpreter=" Then InterpreterIn = Trim(Mid(line, 13))
    Next
End Function

Private Function FaultOf(ByVal path As String, ByVal interpreter As String, ByVal there As Boolean) As String
    If interpreter = "" Then
        FaultOf = "Its settings file is missing or damaged: " & path
    ElseIf Not there Then
        FaultOf = "The Python it was installed with is no longer there: " & interpreter
    End If
End Function

Private Function Quoted(ByVal path As String) As String
    Quoted = """" & path & """"
End Function

Private Sub Tell(ByVal fault As String)
    MsgBox "Open Data could not start its program. " & Unaffected & vbLf & vbLf & fault & vbLf & vbLf & Remedy, vbExclamation, "Open Data"
End Sub
