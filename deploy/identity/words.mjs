// Every sentence of the provider's pages, in English and in Bangla.
export const WORDS = {
  en: {
    suite: 'Probashi',
    stage: 'Local demonstration. Every person and account here is fictional.',
    languages: 'Language',
    signIn: 'Sign in',
    account: 'Account',
    password: 'Password',
    problem: 'There is a problem',
    wrong: 'The account or the password is not right. Check both and try again.',
    locked: 'Too many wrong attempts. Wait one minute, then try again.',
    demoAccounts: 'Demonstration accounts',
    demoHelp: 'Each account has the same password:',
    whatFor: 'Who it stands for',
    signOutTitle: 'Sign out',
    signOutQuestion: 'Do you want to sign out?',
    signOutYes: 'Yes, sign out',
    signOutNo: 'No, stay signed in',
    signedOut: 'You are signed out.',
    errorTitle: 'This sign-in cannot go on',
    errorAdvice: 'It may have expired, or it was opened in another window. Start again from the first page.',
    errorCode: 'For the support desk:',
    home: 'Go to the first page',
  },
  bn: {
    suite: 'প্রবাসী',
    stage: 'স্থানীয় প্রদর্শনী। এখানকার সকল ব্যক্তি ও অ্যাকাউন্ট কাল্পনিক।',
    languages: 'ভাষা',
    signIn: 'সাইন ইন করুন',
    account: 'অ্যাকাউন্ট',
    password: 'পাসওয়ার্ড',
    problem: 'একটি সমস্যা হয়েছে',
    wrong: 'অ্যাকাউন্ট বা পাসওয়ার্ড সঠিক নয়। দুটিই মিলিয়ে দেখে আবার চেষ্টা করুন।',
    locked: 'অনেকবার ভুল হয়েছে। এক মিনিট অপেক্ষা করে আবার চেষ্টা করুন।',
    demoAccounts: 'প্রদর্শনীর অ্যাকাউন্টসমূহ',
    demoHelp: 'সকল অ্যাকাউন্টের পাসওয়ার্ড একই:',
    whatFor: 'যাঁর ভূমিকায়',
    signOutTitle: 'সাইন আউট',
    signOutQuestion: 'আপনি কি সাইন আউট করতে চান?',
    signOutYes: 'হ্যাঁ, সাইন আউট করুন',
    signOutNo: 'না, সাইন ইন থাকুক',
    signedOut: 'আপনি সাইন আউট করেছেন।',
    errorTitle: 'এই সাইন ইন আর এগোনো যাচ্ছে না',
    errorAdvice: 'সময় শেষ হয়ে গিয়ে থাকতে পারে, অথবা এটি অন্য উইন্ডোতে খোলা হয়েছে। প্রথম পাতা থেকে আবার শুরু করুন।',
    errorCode: 'সহায়তা ডেস্কের জন্য:',
    home: 'প্রথম পাতায় যান',
  },
};

/** The first of the wishes (`bn`, `en-GB`, an Accept-Language list) that we speak; English otherwise. */
export function chooseLanguage(...wishes) {
  const tags = wishes.filter((wish) => typeof wish === 'string').flatMap((wish) => wish.split(/[\s,]+/));
  const spoken = tags.map((tag) => tag.toLowerCase().split(/[-;]/)[0]).find((tag) => tag in WORDS);
  return spoken ?? 'en';
}
