-- Starts the program of the tab "Open Data". Excel for Mac runs this file, outside its sandbox, from
-- ~/Library/Application Scripts/com.microsoft.Excel (AppleScriptTask; Apple: NSUserAppleScriptTask).
-- It gives back what went wrong, or nothing. It waits for nothing: Python goes on in the background.

on RunCommand(request)
	set productFolder to POSIX path of (path to home folder) & "Library/Application Support/xl-datasync"
	set settingsFile to productFolder & "/addin.txt"
	set interpreter to InterpreterIn(settingsFile)
	if interpreter is "" then return "Its settings file is missing or damaged: " & settingsFile
	try
		do shell script "test -x " & quoted form of interpreter
	on error
		return "The Python it was installed with is no longer there: " & interpreter
	end try
	-- python -m looks for modules in the current folder first: never in one where a downloaded workbook lies.
	set inOwnFolder to "umask 077; cd " & quoted form of productFolder & " && "
	set writeRequest to "f=$(mktemp \"${TMPDIR:-/tmp}/xl-datasync-XXXXXXXX\") && printf %s " & quoted form of request & " > \"$f\" && "
	set startPython to "{ " & quoted form of interpreter & " -m xl_datasync.ribbon \"$f\" < /dev/null > /dev/null 2>&1 & }"
	try
		do shell script inOwnFolder & writeRequest & startPython
	on error reason
		return reason
	end try
	return ""
end RunCommand

on InterpreterIn(settingsFile)
	try
		set content to do shell script "cat " & quoted form of settingsFile
	on error
		return ""
	end try
	set found to ""
	repeat with entry in paragraphs of content
		if entry starts with "interpreter=" and length of entry > 12 then set found to text 13 thru -1 of entry
	end repeat
	return found
end InterpreterIn
