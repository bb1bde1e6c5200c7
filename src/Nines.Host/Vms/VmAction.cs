namespace Nines.Host.Vms;

/// <summary>What to do with a machine next.</summary>
internal enum VmAction
{
    None,

    /// <summary>Begin the boot of the desired generation.</summary>
    Start,

    /// <summary>Press the ACPI power button so that the guest shuts down.</summary>
    PressPowerButton,

    /// <summary>Press the ACPI power button as the first half of a reboot.</summary>
    PressPowerButtonToReboot,

    /// <summary>Reset the machine and let it run: a reboot's second half.</summary>
    Reset,

    /// <summary>Save the machine's memory and end the process.</summary>
    Hibernate,

    /// <summary>End the process, and the boot with it.</summary>
    PowerOff,

    /// <summary>Remember that the boot is over.</summary>
    RecordEnd,

    /// <summary>Remove all that is kept of the machine.</summary>
    Remove,
}
