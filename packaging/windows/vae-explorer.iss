; For Inno Setup 6.3 or newer; build_installer.py, beside this, runs it.

#ifndef Version
  #error Run build_installer.py, which gives the version.
#endif

[Setup]
AppId={{6E1A4C3B-5B0D-4E0B-9C55-2B7D5F6E1C11}
AppName=VAE explorer
AppVersion={#Version}
AppPublisher=The VAE explorer authors
DefaultDirName={autopf}\VAE explorer
DefaultGroupName=VAE explorer
PrivilegesRequired=lowest
ChangesAssociations=yes
LicenseFile=..\..\LICENSE
OutputDir=..\..\build\dist
OutputBaseFilename=vae-explorer-{#Version}-setup
SetupIconFile=..\..\build\icons\vae-explorer.ico
UninstallDisplayIcon={app}\vae-explorer.exe
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
Compression=lzma2
SolidCompression=yes

; What an older version brought and this one has not: a library of another version beside the new one breaks both.
[InstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

; vae-explorer.exe, which opens the window, and vae-gui.exe, which prints, with what both need.
[Files]
Source: "..\..\build\dist\vae-explorer\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\VAE explorer"; Filename: "{app}\vae-explorer.exe"; AppUserModelID: "org.vae_explorer.VAEExplorer"

[Registry]
Root: HKA; Subkey: "Software\Classes\.vae"; ValueType: string; ValueData: "VAEExplorer.Workspace"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\VAEExplorer.Workspace"; ValueType: string; ValueData: "VAE explorer workspace"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\VAEExplorer.Workspace\DefaultIcon"; ValueType: string; ValueData: "{app}\vae-explorer.exe,0"
Root: HKA; Subkey: "Software\Classes\VAEExplorer.Workspace\shell\open\command"; ValueType: string; ValueData: """{app}\vae-explorer.exe"" ""%1"""

[Run]
Filename: "{app}\vae-explorer.exe"; Description: "Start VAE explorer"; Flags: nowait postinstall skipifsilent
